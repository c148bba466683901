"""Loaded by Python itself in every process of a scenario: the same ids each time a store is made.

MLflow draws run, model and experiment ids from uuid4 and random names from ``random``. Seeding both keeps the truth written
beside a store valid when the store is made again.
"""

import os
import random
import uuid

_seed = os.environ.get("STORE_SEED")
if _seed:
    # Processes of one store must not draw the same ids: a server and its client differ by STORE_ROLE.
    _stream = random.Random(_seed + os.environ.get("STORE_ROLE", ""))

    def _uuid4() -> uuid.UUID:
        return uuid.UUID(int=_stream.getrandbits(128), version=4)

    uuid.uuid4 = _uuid4
    random.seed(_seed)
