"""Shards of every kind: streamed, cleaned in pieces, put together again, and verified."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from cleaners import Options, clean
from flows import manifest, publish, shards, sources
from flows.batch import Job
from flows.records import Unreadable
from flows.shards import Chunk, Landing
from flows.stores import store
from flows.verify import verify

RECORDS: list[dict[str, Any]] = [
    {"id": 1, "text": "同志们：\n　　今天讲一讲学习。\n\n\n", "tags": ["讲话", None]},
    {"id": 2, "text": "", "tags": []},
    {"id": 3, "text": "第二篇，也写学习。", "score": 0.1},
]


def run(
    raw: Path, target: Path, column: str = "text", batch_bytes: int = 8_000_000
) -> dict[str, manifest.Row]:
    """Cleans all shards of a folder, publishes, and gives the rows by path."""
    job = Job(str(raw), str(target), Options(), column, batch_bytes)
    for found in sources.find(raw):
        for one in shards.chunks(job, found):
            one.run(job)
    publish.publish(store(str(target)))
    with (target / sources.MANIFEST).open("rb") as file:
        return {row["path"]: row for row in manifest.rows(file)}


def lines(*records: object) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


def test_jsonl_keeps_fields_order_and_compression(raw: Path, tmp_path: Path) -> None:
    data = lines(*RECORDS)
    (raw / "a.jsonl").write_bytes(data)
    (raw / "b.jsonl.gz").write_bytes(gzip.compress(data[:50]) + gzip.compress(data[50:]))
    (raw / "c.jsonl.zst").write_bytes(zstandard.compress(data))
    found = run(raw, tmp_path / "clean")
    plain = (tmp_path / "clean" / "a.jsonl").read_bytes()
    expected = [record | {"text": clean(record["text"]).text} for record in RECORDS]
    assert [json.loads(line) for line in plain.splitlines()] == expected
    assert gzip.decompress((tmp_path / "clean" / "b.jsonl.gz").read_bytes()) == plain
    assert zstandard.decompress((tmp_path / "clean" / "c.jsonl.zst").read_bytes()) == plain
    assert list(found)[:3] == ["a.jsonl#000000000", "a.jsonl#000000001", "a.jsonl#000000002"]
    row = found["a.jsonl#000000000"]
    assert row["output"] == "a.jsonl"
    assert row["raw_sha256"] == hashlib.sha256(RECORDS[0]["text"].encode()).hexdigest()
    assert list(verify(str(tmp_path / "clean"), str(raw))) == []


def test_parquet_of_texts_and_of_bytes(raw: Path, tmp_path: Path) -> None:
    texts = [record["text"] for record in RECORDS]
    table = pa.table({"id": [1, 2, 3], "text": texts, "more": [{"a": 1}, None, {"a": 3}]})
    pq.write_table(table, raw / "a.parquet")
    pq.write_table(
        table.set_column(1, "text", pa.array([text.encode("gb18030") for text in texts])), raw / "b.parquet"
    )
    found = run(raw, tmp_path / "clean")
    written = pq.read_table(tmp_path / "clean" / "a.parquet")
    assert written.drop_columns(["text"]) == table.drop_columns(["text"])
    assert written["text"].to_pylist() == [clean(text).text for text in texts]
    assert (
        pq.read_table(tmp_path / "clean" / "b.parquet")["text"].to_pylist()[0] == written["text"][0].as_py()
    )
    assert found["b.parquet#000000000"]["encoding"] == "gb18030"
    assert list(verify(str(tmp_path / "clean"), str(raw))) == []


def test_records_without_a_text_are_rejected_in_their_place(raw: Path, tmp_path: Path) -> None:
    data = b'{"text": 7}\n{"title": "x"}\nnot json\n[1]\n\n{"text": "\\ud800\\u4e2d"}\n'
    (raw / "a.jsonl").write_bytes(data)
    found = list(run(raw, tmp_path / "clean").values())
    assert [row["status"] == "rejected" for row in found] == [True, True, True, True, False]
    assert "--column" in found[1]["reason"]
    written = [json.loads(line) for line in (tmp_path / "clean" / "a.jsonl").read_bytes().splitlines()]
    assert written[:4] == [{"text": None}, {"title": "x", "text": None}, {"text": None}, {"text": None}]
    assert written[4]["text"].endswith("中")
    assert list(verify(str(tmp_path / "clean"), str(raw))) == []


def test_another_column(raw: Path, tmp_path: Path) -> None:
    (raw / "a.jsonl").write_bytes(lines({"content": "正文。\r\n", "text": "不动"}))
    run(raw, tmp_path / "clean", "content")
    assert (tmp_path / "clean" / "a.jsonl").read_bytes() == lines({"content": "正文。", "text": "不动"})
    assert list(verify(str(tmp_path / "clean"), str(raw), column="content")) == []


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl.gz", "a.jsonl.zst"])
def test_what_is_no_shard_is_said_to_be_none(raw: Path, tmp_path: Path, name: str) -> None:
    (raw / name).write_bytes(b"nothing of the kind")
    (raw / "empty.jsonl").touch()
    job = Job(str(raw), str(tmp_path / "clean"), Options())
    damaged, empty = sources.find(raw)
    with pytest.raises(Unreadable, match="can't be read as the shard"):
        list(shards.chunks(job, damaged))
    with pytest.raises(Unreadable, match="holds no records"):
        list(shards.chunks(job, empty))


def test_chunks_of_any_size_give_the_same_shard(raw: Path, tmp_path: Path) -> None:
    many = [{"text": f"第{number}篇。\n\n\n完"} for number in range(300)]
    (raw / "a.jsonl.gz").write_bytes(gzip.compress(lines(*many)))
    outputs = []
    for number, size in enumerate((1, 1_000_000, 100_000_000)):
        run(raw, tmp_path / str(number), batch_bytes=size)
        outputs.append(
            [
                gzip.decompress((tmp_path / str(number) / "a.jsonl.gz").read_bytes()),
                (tmp_path / str(number) / "manifest.jsonl").read_bytes(),
                (tmp_path / str(number) / "edits.parquet").read_bytes(),
            ]
        )
    assert outputs[0] == outputs[1] == outputs[2]
    assert len(outputs[0][0].splitlines()) == 300


def test_a_killed_run_goes_on_with_the_chunks_that_are_missing(raw: Path, tmp_path: Path) -> None:
    (raw / "a.jsonl").write_bytes(lines(*RECORDS * 4))
    job = Job(str(raw), str(tmp_path / "clean"), Options(), batch_bytes=1)
    (found,) = sources.find(raw)
    first = [one for one in shards.chunks(job, found) if isinstance(one, Chunk)]
    assert len(first) > 3
    first[1].run(job)
    left = list(shards.chunks(job, found))
    assert [one.first for one in left if isinstance(one, Chunk)] == [0, *(one.first for one in first[2:])]
    assert isinstance(left[-1], Landing)
    for one in left:
        one.run(job)
    run(raw, tmp_path / "undisturbed")
    assert (tmp_path / "clean" / "a.jsonl").read_bytes() == (
        tmp_path / "undisturbed" / "a.jsonl"
    ).read_bytes()


def test_a_shard_replaces_all_of_what_it_was(raw: Path, tmp_path: Path) -> None:
    (raw / "a.jsonl").write_bytes(lines(*RECORDS))
    assert len(run(raw, tmp_path / "clean")) == 3
    (raw / "a.jsonl").write_bytes(lines(RECORDS[0]))
    assert len(run(raw, tmp_path / "clean")) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("第二篇", "第三篇"),
        ('"id": 3', '"id": 4'),
        ('"id": 3,', '"id":  3,'),
        ('{"id": 3', '{"x": 1}\n{"id": 3'),
    ],
)
def test_verify_sees_any_change_in_a_shard(raw: Path, tmp_path: Path, old: str, new: str) -> None:
    (raw / "a.jsonl").write_bytes(lines(*RECORDS))
    run(raw, tmp_path / "clean")
    output = tmp_path / "clean" / "a.jsonl"
    output.write_text(output.read_text().replace(old, new))
    assert "a.jsonl#000000002" in {problem.path for problem in verify(str(tmp_path / "clean"), str(raw))}
    output.write_bytes(b"".join(output.read_bytes().splitlines(keepends=True)[:2]))
    assert "a.jsonl#000000002" in {problem.path for problem in verify(str(tmp_path / "clean"), str(raw))}
