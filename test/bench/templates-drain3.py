"""Groups lines with PyPI's drain3; run by templates.ts, which says what goes in and out."""

import json
import re
import sys
import time

from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig


class Mask(MaskingInstruction):
    """A mask that ignores case, as those it is compared with do."""

    def __init__(self, pattern):
        super().__init__(pattern, "*")
        self.regex = re.compile(pattern, re.IGNORECASE | re.ASCII)


def miner(masks):
    config = TemplateMinerConfig()
    config.drain_sim_th = 0.4
    config.drain_depth = 4
    config.masking_instructions = [Mask(pattern) for pattern in masks]
    return TemplateMiner(config=config)


def templates(lines, masks):
    """Each line's template as it stands after the last line."""
    mine = miner(masks)
    ids = [mine.add_log_message(line)["cluster_id"] for line in lines]
    return [mine.drain.id_to_cluster[id].get_template() for id in ids]


def seconds(lines, masks, repeats):
    mine = miner(masks)
    began = time.perf_counter()
    for _ in range(repeats):
        for line in lines:
            mine.add_log_message(line)
    return time.perf_counter() - began


task = json.load(sys.stdin)
masks, repeats, files = task["masks"], task["repeats"], task["files"]
took = sum(seconds(lines, masks, repeats) for lines in files.values())
json.dump(
    {
        "templates": {name: templates(lines, masks) for name, lines in files.items()},
        "rate": repeats * sum(map(len, files.values())) / took,
    },
    sys.stdout,
)
