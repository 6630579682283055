# The suite below uses each feature of bats; with BATS_CHECKOUT=DIRECTORY of bats-core, its own suite runs instead.
about() { echo "npm's bats: a suite over its features, with each formatter"; }
prepare() { [ -d node_modules/bats ] || npm install --silent --no-fund --no-audit --prefix . bats; }
run() {
    local bats=$CACHE/node_modules/bats/bin/bats formatter
    if [ -n "${BATS_CHECKOUT-}" ]; then
        cd "$BATS_CHECKOUT" && bin/bats --tap test
        return
    fi
    cat >helper.bash <<'T'
helper() { echo "helper $1"; }
T
    cat >one.bats <<'T'
setup_file() { export SHARED=shared; echo "# once" >&3; }
teardown_file() { echo "# at the end" >&3; }
setup() { load helper; value=ready; }
teardown() { echo "teardown of $BATS_TEST_NAME"; }
@test "addition" { [ "$((2 + 2))" -eq 4 ]; }
@test "setup has run" { [[ $value == ready && $SHARED == shared ]]; }
@test "run keeps output and status" { run sh -c 'echo out; exit 3'; [ "$status" -eq 3 ]; [ "$output" = out ]; }
@test "run checks the status itself" { run -3 sh -c 'exit 3'; run ! false; }
@test "run with a wrong status fails" { run -2 sh -c 'exit 3'; }
@test "lines are split" { run printf '%s\n' a b c; [ "${#lines[@]}" -eq 3 ]; [ "${lines[1]}" = b ]; }
@test "separate stderr" { run --separate-stderr sh -c 'echo o; echo e >&2'; [ "$output" = o ]; [ "$stderr" = e ]; }
@test "keep empty lines" { run --keep-empty-lines printf 'a\n\n\nb\n'; [ "${#lines[@]}" -eq 4 ]; }
@test "a loaded function" { run helper x; [ "$output" = "helper x" ]; }
@test "skipped" { skip "on purpose"; }
@test "fails with a trace" { deep() { false; }; outer() { deep; }; outer; }
@test "fails in a condition" { [[ a == b ]]; }
@test "fails in arithmetic" { (( 1 > 2 )); }
@test "fails by a missing command" { nonesuch_command_here; }
@test "pipes" { bats_pipe printf 'a\nb\n' \| grep -c .; run bats_pipe echo x \| tr x y; [ "$output" = y ]; }
@test "temporary directories" { [ -d "$BATS_TEST_TMPDIR" ]; [ -d "$BATS_FILE_TMPDIR" ]; echo x >"$BATS_TEST_TMPDIR/f"; }
# bats test_tags=slow, network:no
@test "tagged" { true; }
@test 'quotes "in" the $name' { true; }
@test "a failing subshell" ( exit 2 )
function plain_function { #@test
    true
}
T
    cat >two.bats <<'T'
setup() { false; }
@test "setup fails" { true; }
T
    cat >three.bats <<'T'
for name in a b c; do
    checks() { [ "$1" != b ]; }
    bats_test_function --description "registered $name" -- checks "$name"
done
T
    printf '@test "never ended" {\n' >four.bats
    for formatter in tap tap13 pretty junit; do "$bats" --formatter "$formatter" one.bats two.bats three.bats; echo "status $?"; done
    "$bats" --tap four.bats; echo "status $?"
    "$bats" --tap --filter 'lines|tagged' one.bats; "$bats" --tap --filter-tags slow one.bats; "$bats" --count one.bats three.bats
    "$bats" --tap -x --filter 'addition' one.bats; "$bats" --tap --print-output-on-failure --filter 'fails' one.bats
    "$bats" --tap --show-output-of-passing-tests --filter pipes one.bats; "$bats" --tap --verbose-run --filter 'status' one.bats
    "$bats" --tap nonesuch.bats; "$bats" --nonsense; "$bats" --version; "$bats" --help
    mkdir reports && "$bats" --report-formatter junit --output reports three.bats; cat reports/*
}
normalize() { sed -E 's/bats-run-[A-Za-z0-9]+|in [0-9]+ ms|in [0-9]+ms|in [0-9]+ ?sec|(time|timestamp|hostname)="[^"]*"|duration_ms: .*|, [0-9]+ seconds?//g; s/in [0-9]+ seconds//'; }
