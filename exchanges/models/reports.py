from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance import clock


class Report(models.Model):
    """A member says that something should not stand here. A moderator decides, and may undo the decision."""

    class Reason(models.TextChoices):
        HATE = "hate", _("hatred or contempt for people")
        THREAT = "threat", _("threat or harassment")
        PERSONAL_DATA = "personal_data", _("personal data of somebody")
        FALSE = "false", _("false or misleading")
        RIGHTS = "rights", _("somebody else’s rights")
        OTHER = "other", _("another reason")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        HIDDEN = "hidden", _("hidden")
        KEPT = "kept", _("kept")

    subject = models.CharField(max_length=64, db_index=True)  # "message:17", "practice:3", "document:5"
    reason = models.CharField(max_length=16, choices=Reason.choices)
    note = models.TextField(blank=True, max_length=2000)
    excerpt = models.TextField(blank=True)  # what stood there when it was reported
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN, db_index=True)
    decision_note = models.TextField(blank=True, max_length=2000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "reported_by"], name="report_once")]

    def __str__(self):
        return f"{self.subject} {self.state}"
