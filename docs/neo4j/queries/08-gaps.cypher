// What is missing: gaps by kind of node
MATCH (n:LineageNode)
WHERE size(n.gaps) > 0
UNWIND n.gaps AS gap
UNWIND [label IN labels(n) WHERE label <> 'LineageNode'] AS kind
RETURN gap, kind, count(*) AS nodes, collect(n.name)[..5] AS such_as
ORDER BY nodes DESC, gap
