"""Our packs, in the order in which they are tried."""

from headway.builders.packs.go import GO
from headway.builders.packs.node import NODE
from headway.builders.packs.pack import Pack
from headway.builders.packs.procfile import PROCFILE
from headway.builders.packs.python import PYTHON
from headway.builders.packs.ruby import RUBY
from headway.builders.packs.static import STATIC

PACKS: tuple[Pack, ...] = (PYTHON, NODE, RUBY, GO, STATIC, PROCFILE)
