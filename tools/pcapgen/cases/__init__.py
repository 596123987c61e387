"""The cases; importing a module of this package registers those it defines."""

from . import (containers, dissection, facebook, fragments, linktypes, microsoft,  # noqa: F401
               negatives, tcp, tunnelled, whatsapp)
