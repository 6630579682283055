//! Trees back to text, in Bash's own layout (`declare -f`, `type`, `jobs`).
