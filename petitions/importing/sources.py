"""The sources that petitions are imported from, and the terms under which they may be shown."""

from petitions.importing import uk, wtp
from petitions.models.petition import Source

LICENCES = {Source.UK: uk.LICENCE, Source.WTP: wtp.LICENCE}
