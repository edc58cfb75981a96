from django.db import models


class Network(models.Model):
    """The network itself: one row, made when it is founded."""

    name = models.CharField(max_length=120)
    languages = models.JSONField(default=list)  # of the interface, in the order in which they are offered
    demonstration = models.BooleanField(default=False)  # then every page and certificate says so
    founded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_network")]

    def __str__(self):
        return self.name
