-- The policies of 0002 (act_insert, act_read) bind only once row-level security is on, which `protect` does here.
COMMENT ON TABLE audit_act IS 'Append-only. Who may read which act: policy act_read.';
