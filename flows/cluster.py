"""Where batches are done beyond this machine: on a Dask cluster, through Prefect's task runner for it.

Dask does a batch again when the worker that had it dies, and gives it up when that happens several times; then it
is halved for as long as it is given up, until the document that kills is alone and is rejected. The workers need
to reach the folders (on other machines: by URL) and Prefect's server (there: PREFECT_API_URL).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from distributed.scheduler import KilledWorker
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect_dask.task_runners import DaskTaskRunner, PrefectDaskFuture

from flows.batch import Job, Work
from flows.workers import KILLED, Wait


@task(name="clean-batch", task_run_name="batch {todo.name}", cache_policy=NO_CACHE)
def clean_batch(todo: Work, job: Job) -> Counter[str]:
    """What a Dask worker does."""
    return todo.run(job)


@contextmanager
def dask(job: Job, address: str, count: int) -> Iterator[tuple[Callable[[Work], Wait], int]]:
    """A function that submits work, and how much of it can be done at the same time.

    The scheduler is at `address`; if that is empty, `count` workers are started on this machine.
    """
    with get_client(sync_client=True) as client:
        url = str(client.api_url)
    # Without it, every worker would start a server of its own.
    with temporary_settings({PREFECT_API_URL: url}), _runner(address, count) as runner:

        def submit(todo: Work) -> Wait:
            future: PrefectDaskFuture[Counter[str]] = runner.submit(clean_batch, {"todo": todo, "job": job})

            def wait() -> Counter[str]:
                try:
                    return future.result()
                except KilledWorker:
                    if todo.size == 1:
                        return todo.reject(job, KILLED)
                first, second = (submit(half) for half in todo.halves())
                return first() + second()

            return wait

        yield submit, len(runner.client.nthreads()) or 1


def _runner(address: str, count: int) -> DaskTaskRunner:
    if address:
        return DaskTaskRunner(address=address)
    return DaskTaskRunner(cluster_kwargs={"n_workers": count, "threads_per_worker": 1})
