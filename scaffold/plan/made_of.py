"""One digest for all that could make an EXECUTION_TASK other, but its SUBPLAN: where both are the same, it is too."""

import json

from scaffold import __version__
from scaffold.lazy.values import frozen
from scaffold.model import Achievement, Plan, sha256
from scaffold.plan import settings


@frozen
class Makings:
    """What all documents of a plan are made of together: the version of scaffold, names, settings, and all titles."""

    plan: str
    document: str
    settings: str
    titles: dict[str, str]

    def digest(self, achievement: Achievement, template: str) -> str:
        """Return the SHA-256 for a document of an achievement; `template` is that of all files of its template set.

        States, siblings and the date are not in it: a document keeps those that it was made with.
        """
        own = [achievement.id, achievement.title, achievement.estimated_time, achievement.extra]
        needs = [(id_, self.titles.get(id_)) for id_ in achievement.dependencies]
        whole = [__version__, self.plan, self.document, self.settings, own, needs, template]
        return sha256(json.dumps(whole, sort_keys=True).encode())


def makings(plan: Plan) -> Makings:
    """Return what all documents of a plan are made of together. Raises InvalidInput for settings that are wrong."""
    titles = {achievement.id: achievement.title for achievement in plan.achievements}
    return Makings(plan.name, plan.document, settings.read(plan.directory).sha256, titles)
