"""The figures of docs/PERFORMANCE.md: one script a goal, ours and the peer in turn in one run."""
