"""What the signing path counts for ``/metrics``. Labels are kinds: never a network, an address or a petition."""

from prometheus_client import Counter

_VERDICTS = Counter("redress_door_verdicts", "Tries to sign, by what the limits said.", ["verdict"])
# Children are looked up once: a label's look-up on every request costs more than the count.
VERDICTS = {
    verdict: _VERDICTS.labels(verdict)
    for verdict in ("passed", "network", "petition", "wide", "site", "blocked", "passed_slowly", "slow", "partner")
}
_PROOFS = Counter("redress_challenge_proofs", "Proofs handed in under a challenge, by what they were.", ["result"])
PROOFS = {
    result: _PROOFS.labels(result)
    for result in ("right", "missing", "early", "malformed", "expired", "forged", "elsewhere", "spent", "wrong")
}
_MOVED = Counter("redress_signatures_moved", "Signatures that staff moved, by what was done to them.", ["act"])
MOVED = {act: _MOVED.labels(act) for act in ("hold", "release", "reject", "reinstate", "withdraw")}
_FLAGS = Counter("redress_fraud_flags", "Flags raised or renewed, by what stood out.", ["kind"])
FLAGS = {kind: _FLAGS.labels(kind) for kind in ("network", "domain", "name", "burst")}
