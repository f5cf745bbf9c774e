from bench.contest import *


def bare(p):
    raise Left("x")


supervisor = circus = pm2 = piku = bare
