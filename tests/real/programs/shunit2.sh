about() { echo "shunit2 as \`sh\` and as bash: a suite with each assertion"; }
prepare() { apt-get -qq install -y shunit2; }
run() {
    cat >suite <<'T'
oneTimeSetUp() { echo once; }
setUp() { n=$((n + 1)); }
tearDown() { :; }
testEqual() { assertEquals 'message' 1 1; assertEquals 1 2; assertNotEquals 1 1; assertSame a a; assertNotSame a b; }
testNull() { assertNull ''; assertNotNull x; assertNull 'it is not' x; }
testTrue() { assertTrue 0; assertTrue '[ 1 -eq 1 ]'; assertFalse 1; assertTrue "${SHUNIT_FALSE}"; }
testContains() { assertContains 'a string' string; assertNotContains 'a string' other; assertContains 'a' b; }
testFail() { fail 'on purpose'; failNotEquals x y; failSame a b; }
testSkipped() { startSkipping; assertTrue 1; endSkipping; assertTrue 0; }
suite() { suite_addTest testEqual; suite_addTest testNull; suite_addTest testTrue; suite_addTest testContains; suite_addTest testFail; suite_addTest testSkipped; }
. /usr/share/shunit2/shunit2
T
    sh suite; echo "status $?"
    bash suite; echo "status $?"
    bash suite -- testNull testTrue; echo "status $?"
}
