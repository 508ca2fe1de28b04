"""How good linkage is: pairs sampled for people to judge, and what precision and recall follow."""
