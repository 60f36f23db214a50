import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("petitions", "0010_answer_kind"),
        ("responses", "0003_queues"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="teams",
                        to="accounts.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "members",
                    models.ManyToManyField(
                        blank=True, related_name="teams", to=settings.AUTH_USER_MODEL, verbose_name="members"
                    ),
                ),
                (
                    "point_person",
                    models.ForeignKey(
                        blank=True,
                        help_text="Owns new cases of this team. Empty: the department’s named person does.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="named person",
                    ),
                ),
            ],
            options={
                "verbose_name": "team",
                "verbose_name_plural": "teams",
                "ordering": ("department__name", "name"),
                "constraints": [models.UniqueConstraint(fields=("department", "name"), name="team_name_once")],
            },
        ),
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=100, help_text="Lower numbers are asked first.", verbose_name="place in the order"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "words",
                    models.TextField(
                        blank=True,
                        help_text=(
                            "A line fits when all its words stand in the petition, in any form; one fitting line is "
                            "enough. “Words in quotation marks” stand together, -a word with a minus does not stand "
                            "there."
                        ),
                        verbose_name="words",
                    ),
                ),
                (
                    "region_share",
                    models.PositiveSmallIntegerField(
                        default=50,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="share of the regions, per cent",
                    ),
                ),
                (
                    "priority",
                    models.SmallIntegerField(
                        choices=[(1, "high"), (2, "normal"), (3, "low")], default=2, verbose_name="priority"
                    ),
                ),
                (
                    "asked",
                    models.ManyToManyField(
                        blank=True,
                        help_text="One of them was named when the petition was checked.",
                        related_name="+",
                        to="accounts.department",
                        verbose_name="departments asked",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: to the coordinator’s queue.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.department",
                        verbose_name="goes to",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the named person of the team, else of the department.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "regions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="So much of the signatures that have a place come from them together.",
                        related_name="+",
                        to="petitions.region",
                        verbose_name="regions",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="responses.team",
                        verbose_name="team",
                    ),
                ),
                (
                    "topics",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The petition has one of them.",
                        related_name="+",
                        to="petitions.topic",
                        verbose_name="topics",
                    ),
                ),
            ],
            options={
                "verbose_name": "routing rule",
                "verbose_name_plural": "routing rules",
                "ordering": ("position", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("region_share__range", (1, 100))), name="rule_share_is_per_cent"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("department__isnull", False),
                            models.Q(("owner__isnull", True), ("team__isnull", True)),
                            _connector="OR",
                        ),
                        name="rule_people_need_department",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="responses.team",
                verbose_name="team",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                help_text=(
                    "The case that its petitions were put into. It is closed and does nothing more while this stands."
                ),
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="absorbed",
                to="responses.case",
                verbose_name="answered with",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(("published_at__isnull", True), ("state", "closed")),
                    _connector="OR",
                ),
                name="case_merged_is_closed",
            ),
        ),
        migrations.AddField(
            model_name="caselink",
            name="came_from",
            field=models.ForeignKey(
                blank=True,
                help_text="The case that the petition had of its own before it was grouped.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="lent",
                to="responses.case",
            ),
        ),
        migrations.AddField(
            model_name="answerpage",
            name="kind",
            field=models.CharField(
                choices=[
                    ("answer", "answer"),
                    ("not_ours", "not ours to decide"),
                    ("already_done", "already done"),
                ],
                db_default="answer",
                default="answer",
                help_text=(
                    "Shown with the answer. “Not ours to decide” says who decides; “already done” says what was done."
                ),
                max_length=12,
                verbose_name="kind of answer",
            ),
        ),
    ]
