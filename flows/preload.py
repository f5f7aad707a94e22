"""What the server that workers are forked from imports: all that a worker needs, with its tables loaded.

So they are loaded once and shared, while Prefect starts; a worker would need a second for it.
"""

import gc

from cleaners import clean
from flows import shards  # noqa: F401 - what workers do

# Something for every cleaner: what is garbled, wrapped, numbered, glossed, traditional, or chrome.
EXAMPLE = """\
首页 > 新闻中心 > 正文
发布时间：2023-09-14 08:30  来源：城市日报  作者：李明
社區工作發(fā)展材料：機關(guān)會(huì)議總結前一階段的任務(wù)，認(rèn)真落實(shí)，讓群眾真正感受到變化。
　　这几年，乡村旅游成了不少地方增收的新路子。城里人周末开车
出去，看看山水，住住民宿，图的是一份清静和新鲜。今天我们
主要讲三点，
一、提高认识。鍏冲崟浣嶇殑鍐呴儴杞︿綅锛屽眳姘戝嚟鐧昏銆
锟斤拷锟洁车位已经增加到四万多个。Èë¶¬ÒÔÀ´£¬Ê¹ÓÃÃºÂ¯ºÍÈ¼ÆøÈÈË®Æ÷µÄ¼ÒÍ¥
二、加强领导。关注我们的公众号，免费下载全文。
上一篇：没有了
"""

for encoding in ("utf-8", "gb18030"):
    clean(EXAMPLE.encode(encoding))
gc.freeze()  # what is never collected need not be looked at, nor copied from the memory that is shared
