"""How is Temporal? Does it answer, does anybody work for it, and has it a workflow for every lead on its way?"""

from __future__ import annotations

import asyncio
from typing import Final

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from kweek.checkup.finding import Finding
from kweek.config import Settings
from workflows.effects import LEADS

_PATIENCE: Final = 5.0  # seconds, for each question
RUNNING: Final = "WorkflowType = 'lead' AND ExecutionStatus = 'Running'"


async def look_at_temporal(settings: Settings, walking: int | None, start_it: str = "start it") -> list[Finding]:
    """walking: how many leads are on their way, by the books; None: nobody knows. start_it: how it comes back."""
    from worker import part_quietly

    address, client = settings.temporal_address, None
    try:
        async with asyncio.timeout(_PATIENCE):
            client = await Client.connect(address, namespace=settings.temporal_namespace)
        async with asyncio.timeout(3 * _PATIENCE):
            pollers = await _pollers(client)
            running = (await client.count_workflows(RUNNING)).count
    except (RuntimeError, RPCError, TimeoutError) as error:
        return [_away(address, start_it) if client is None else _refusal(settings, error)]
    finally:
        client = None
        await part_quietly()  # also where there is no client: its threads have begun
    return [Finding("temporal", "well", f"answers at {address}"), _worker(pollers), *_workflows(walking, running)]


def _away(address: str, start_it: str) -> Finding:
    return Finding("temporal", "away", f"does not answer at {address}", f"{start_it}, or set KWEEK_TEMPORAL_ADDRESS")


async def _pollers(client: Client) -> int:
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=LEADS),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    return len({poller.identity for poller in answer.pollers})


def _refusal(settings: Settings, error: Exception) -> Finding:
    if isinstance(error, RPCError) and error.status == RPCStatusCode.NOT_FOUND:
        words = f"has no namespace “{settings.temporal_namespace}” at {settings.temporal_address}"
        return Finding("temporal", "attention", words, "make it there, or set KWEEK_TEMPORAL_NAMESPACE")
    words = f"took the connection at {settings.temporal_address}, and does not answer"
    return Finding("temporal", "away", words, "is it Temporal? Set KWEEK_TEMPORAL_ADDRESS")


def _worker(pollers: int) -> Finding:
    if pollers == 0:
        return Finding(
            "worker", "attention", "nobody works: mails and turns wait", "start `kweek up` or `kweek worker`"
        )
    return Finding("worker", "well", f"{pollers} at work (seen within the last minutes)")


def _workflows(walking: int | None, running: int) -> list[Finding]:
    if walking is None:
        return []
    if walking > running:
        words = f"{walking - running} of {walking} leads on their way have no workflow: Temporal lost them"
        return [Finding("workflows", "attention", words, "kweek doctor --ring all")]
    return [Finding("workflows", "well", f"one for each lead on its way ({running} run)")]
