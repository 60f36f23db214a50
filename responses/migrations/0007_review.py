import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("responses", "0006_gathering"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("language", models.CharField(blank=True, default="", max_length=5, verbose_name="language")),
                ("passage", models.CharField(blank=True, default="", max_length=300, verbose_name="about the words")),
                ("text", models.TextField(verbose_name="comment")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
            ],
            options={
                "ordering": ("at", "pk"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("set_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended early")),
            ],
            options={
                "verbose_name": "delegation",
                "verbose_name_plural": "delegations",
                "ordering": ("starts_on", "pk"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ExtraReviewTask",
            fields=[
                (
                    "task_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.task",
                    ),
                ),
                (
                    "working_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="working days",
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[("department", "after department review"), ("legal", "after legal review")],
                        default="legal",
                        max_length=10,
                        verbose_name="place",
                    ),
                ),
            ],
            options={
                "verbose_name": "further review",
                "verbose_name_plural": "further reviews",
                "ordering": ("department__name", "after", "pk"),
            },
            bases=("wagtailcore.task",),
        ),
        migrations.CreateModel(
            name="ReviewReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(max_length=10)),
                (
                    "digest",
                    models.CharField(help_text="Of what was shown: a replaced file changes it too.", max_length=64),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.JSONField(help_text="By language, public.", verbose_name="why taken off")),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "dropped_at",
                    models.DateTimeField(blank=True, help_text="When it was decided to leave the answer.", null=True),
                ),
            ],
            options={
                "ordering": ("pk",),
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="approval",
            name="approval_step_once",
        ),
        migrations.AddField(
            model_name="approval",
            name="department",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose case it was then: the review of one department does not count for another.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.department",
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="on_behalf_of",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose delegate the approver was: both count as having approved.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="clearance",
            name="extras",
            field=models.JSONField(blank=True, default=list, help_text="Ids of the further reviews that it passed."),
        ),
        migrations.AddField(
            model_name="reviewstate",
            name="handed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="handed on by",
            ),
        ),
        migrations.AddField(
            model_name="reviewstate",
            name="handed_to",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="handed to",
            ),
        ),
        migrations.AddField(
            model_name="reviewstate",
            name="handed_word",
            field=models.TextField(blank=True, default="", help_text="What the colleague should know."),
        ),
        migrations.AlterField(
            model_name="approval",
            name="step",
            field=models.CharField(
                choices=[
                    ("department", "department review"),
                    ("legal", "legal review"),
                    ("sign_off", "sign-off"),
                    ("extra", "further review"),
                ],
                max_length=10,
                verbose_name="step",
            ),
        ),
        migrations.AlterField(
            model_name="clearance",
            name="kind",
            field=models.CharField(
                choices=[
                    ("workflow", "approved here"),
                    ("import", "published elsewhere before"),
                    ("withdrawal", "approved to be taken off"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="answercomment",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="answercomment",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="responses.case"
            ),
        ),
        migrations.AddField(
            model_name="answercomment",
            name="revision",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="wagtailcore.revision"
            ),
        ),
        migrations.AddField(
            model_name="answercomment",
            name="settled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="delegate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delegations_held",
                to=settings.AUTH_USER_MODEL,
                verbose_name="delegate",
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="principal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delegations_given",
                to=settings.AUTH_USER_MODEL,
                verbose_name="away",
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="set_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="extrareviewtask",
            name="department",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="extra_reviews",
                to="accounts.department",
                verbose_name="department",
            ),
        ),
        migrations.AddField(
            model_name="extrareviewtask",
            name="reviewers",
            field=models.ManyToManyField(
                related_name="extra_reviews", to=settings.AUTH_USER_MODEL, verbose_name="reviewers"
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="extra",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="approvals",
                to="responses.extrareviewtask",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at__isnull", True), models.Q(("step", "extra"), _negated=True)),
                fields=("revision", "step"),
                name="approval_step_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at__isnull", True)),
                fields=("revision", "extra"),
                name="approval_extra_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at__isnull", True)),
                fields=("revision", "on_behalf_of"),
                name="approval_one_step_a_principal",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("extra__isnull", False), ("step", "extra")),
                    models.Q(models.Q(("step", "extra"), _negated=True), ("extra__isnull", True)),
                    _connector="OR",
                ),
                name="approval_extra_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("on_behalf_of__isnull", True),
                    models.Q(("on_behalf_of", models.F("approver")), _negated=True),
                    _connector="OR",
                ),
                name="approval_delegate_is_another",
            ),
        ),
        migrations.AddField(
            model_name="reviewreading",
            name="reader",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="reviewreading",
            name="revision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wagtailcore.revision"
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="withdrawals", to="responses.case"
            ),
        ),
        migrations.AddConstraint(
            model_name="answercomment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("settled_by__isnull", True)),
                    models.Q(("settled_at__isnull", False), ("settled_by__isnull", False)),
                    _connector="OR",
                ),
                name="comment_settled_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="delegation",
            index=models.Index(fields=["delegate", "ends_on"], name="delegation_by_delegate"),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="delegation_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("principal", models.F("delegate")), _negated=True), name="delegation_to_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("set_by", models.F("delegate")), _negated=True), name="delegation_not_taken"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewreading",
            constraint=models.UniqueConstraint(fields=("revision", "reader", "step"), name="review_reading_once"),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_at", None), ("dropped_at", None)),
                fields=("case",),
                name="withdrawal_one_under_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", {}), _negated=True), name="withdrawal_has_reason"
            ),
        ),
    ]
