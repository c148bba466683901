// What the records hint at and do not say
MATCH p = (:LineageNode)-[r WHERE r.evidence = 'possible']->(:LineageNode)
RETURN p
LIMIT 200
