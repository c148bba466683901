// Data that a model was trained on and judged on
MATCH p = (d:Dataset)-[r:READ_BY WHERE r.role = 'training']->(:Run)-[:PRODUCED]->(m:Model)
MATCH q = (d)-[:EVALUATED_IN]->(:Evaluation)<-[:EVALUATED_IN]-(m)
RETURN p, q
LIMIT 100
