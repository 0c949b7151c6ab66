"""The flowchart of a workflow: one drawing for the app, the command and the playbook. Pure functions over frames."""
