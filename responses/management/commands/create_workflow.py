from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from wagtail.models import Page, Task, Workflow, WorkflowPage, WorkflowTask

from responses.clearance import REQUIRED_STEPS
from responses.models import AnswerIndexPage, DepartmentReviewTask, LegalReviewTask, ReviewTask, SignOffTask
from responses.services.answers import index_page

NAME = "Clearance of answers"
TASKS: tuple[tuple[type[ReviewTask], str], ...] = (
    (DepartmentReviewTask, "Department review"),
    (LegalReviewTask, "Legal review"),
    (SignOffTask, "Sign-off"),
)


class Command(BaseCommand):
    help = "Make the list of answers and the reviews that every answer passes. Changes nothing that is right already."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        index = index_page()
        workflow, _created = Workflow.objects.get_or_create(name=NAME, defaults={"active": True})
        if not workflow.active:
            workflow.active = True
            workflow.save()
        self._set_tasks(workflow)
        self._attach(workflow, index)
        steps = ", ".join(str(step.label) for step in REQUIRED_STEPS)
        self.stdout.write(f"Answers pass: {steps}.")

    def _set_tasks(self, workflow: Workflow) -> None:
        wanted = [self._task(model, name) for model, name in TASKS]
        if list(workflow.tasks.values_list("pk", flat=True)) != [task.pk for task in wanted]:
            WorkflowTask.objects.filter(workflow=workflow).delete()
            for order, task in enumerate(wanted):
                WorkflowTask.objects.create(workflow=workflow, task=Task.objects.get(pk=task.pk), sort_order=order)

    def _task(self, model: type[ReviewTask], name: str) -> ReviewTask:
        task = model.objects.order_by("pk").first() or model.objects.create(name=name)
        if not task.active:
            task.active = True
            task.save()
        return task

    def _attach(self, workflow: Workflow, index: AnswerIndexPage) -> None:
        WorkflowPage.objects.update_or_create(page=Page.objects.get(pk=index.pk), defaults={"workflow": workflow})
