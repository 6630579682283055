f1() { echo a; echo b & echo c; d &
 e; }
f2() ( echo a; b )
f3() if a; b; then c; elif d; then e; else f; fi > x
f4() { for i; do a; done; for i in; do a; done; for i in a "b c"; do x & done; for ((i=0;i<3;i++)); do b; done; for ((;;)) { c; }; select s in a; do b; done; select t; do u; done; }
f5() { case $x in a|b) c;; (d) ;; e) f ;& g) h; i;;& esac; case x in esac; case x in (esac) a;; esac; }
f6() { while a; b; do c; done; until a; do b; done < f; { a; b; } 2>&1; ( a; b ) >&2 | c |& d; }
f7() { cat <<E <<-'F F' > o; echo x
a $x
E
	b
	F F
cat <<E | b
h
E
cat <<E && c || d
h
E
cat <<E &
h
E
if cat <<E
h
E
then a; fi
x <<E
last
E
}
f8() { [[ a ]]; [[ ! -f x && ( a == b || c =~ d ) ]]; [[ -z $x ]]; [[ ! ( a < b ) ]]; (( x + 1 )); ((y++)); let a; [[ a -eq 1 ]] ; [[ ! ! a ]]; }
f9() { echo $'a\nb' $'it\'s' "$'x'" $"loc" "${x:-$'q\n'}" ${x:-$'q'} 'a b' a\ b "a\"b" ~/x `a \`b\`` $(a;b) $(a
b) $( (a) ) $((1 +2 )) $[1 + 2] <(a; b) >(c) ${ a; } ${|b; } $(< f) $() $( ) "$(if a;then b;fi)" "${x:-$(a;b)}"; }
f10() { a=(1 2   3 [4]=5 # comment
 $(a;b) $'x y') ; b+=( ); declare -a c=( x y ) d=3; e[1+ 2]=4 f; x=1 y= z; x+=3; local -A m=([a b]=c ["$x"]+=d); }
f11() { a 3<&- 3>&- 4<&5 4>&5 5<&6- 6>&7- >&f 2>&f 3>&$x &>g &>>h {v}<a {v}>&- {v}>&3 1<>a 0<>b <>c >|d 2>|e <<<f 3<<<"g h" >&- <&- <&0 >&1 0<g 1>h 2>>i; >x; > y a; }
f12() { time a; time -p a | b; ! a; ! ! a; time ! a; a=1 | b; coproc a; coproc n { a; }; coproc { b; } >c; coproc while a; do b; done; }
f13() { function g { a; }; h() ( b ); function i() { c; } > d; j() for x in a; do b; done; function if { x; }; }
f14() { { a; }; { a & }; { { a; }; b; }; (a &); (a); ( (a) ); if a & then b & else c & fi; }
f15() { a
}
f16() { echo {a,b} {1..3} *.c [a-z] "a b"'c'd \$ "\$" '$x' $x ${x} ${#x} ${x[1]} ${!x} ${!x*} ${!x@} ${!a[@]} ${x##a} ${x/a/b} ${x/#a} ${x//a/ c} ${x:1:2} ${x: -1} ${x^^} ${x,a} ${x@Q} ${x:?e r} ${x:+"a b"} ${x=} ${x~~} ${#} ${##} ${#@} $# $@ $* $? $- $$ $! $0 $1 ${10} "${a[@]}"; }
f17() { a; } 2>&1 <<X
h $y
X
f18() { if a; then b <<X
h
X
fi; while x <<X
h
X
do y <<Z
k
Z
done; }
f19() { echo $(cat <<E
doc
E
) ; echo "$(for i in 1 2; do echo $i; done)" $(case x in a) b;; esac) $(f() { a; }) $(a & b) $(a &) $({ a; }) $(a | b && c) $(! a) $(time a) ; }
f20 () { a; a &&
b || c
 a |
b
}
f21() { # c
  a; # d
  # e
  b \
   c
}
f22() { "${x}" "a${x}b"c$(d)'e' ${x%"}"} "${x%'}'}" $((x+$(a;b))) ${x:$((1+1)):y} "`a`" "a
b" 'c
d'; }
f23() { case x in +(a|b)) c;; *) d;; esac; echo !(a|b*) ?(x); }
f24() { a <<< $(b;c) > "$(d;e)" ; for i in $(a;b) "$x"; do c; done; case $(a;b) in "$(c;d)") e;; esac; [[ $(a;b) == "$(c;d)" ]]; (( $(a;b) )); x[$(a;b)]=1; }
f25() { if a; then if cat <<X
h
X
then b; elif cat <<X
h
X
then y; fi; fi; 
{ until a; cat <<X
h
X
do b; done; }
( a <<X
h
X
)
( a <<X; b <<Y
h
X
i
Y
)
{ a <<X
h
X
}
case x in a) b <<X ;; c) d;; esac
h
X
for i in a; do b <<X; done
h
X
for i in a; do b <<X; done; x
h
X
a && b <<X || c
h
X
a <<X | b <<Y | c <<Z
h
X
i
Y
j
Z
! a <<X
h
X
{ a; } <<X
h
X
{ a; } <<X; y <<Z
h
X
k
Z
[[ a ]] <<X
h
X
}
f26() { a >&$x >&f 1>&f 1>&$x 2>&$x <&$x 0<&$x {v}<&$x {v}>&$x {v}>&f 1>&2- >&2- <&2- >&$x- {v}<&3- <<<a 0<<<a {v}<<<a {v}<<X 0<<X 3<<X 1>f 0<f 1>>f 1>|f 0<>f 1<>f &>f 3<>f >&"f" >&"2" >& 2 <& 3 2>&1; }
a
X
b
X
c
X
f27() { x=${ a; b; }; x=${ a & }; x=${|a; }; x=${ { a; }; }; x=${ (a); }; x=${ if a; then b; fi; }; x=${ a;b;c; } x=${
a
b
}; }
f28() { x=$( a; ); x=$( a
); x=$(a &
b); x=$(
a # c

b
c;d
); x=$({ a
b; }); x=$({ a; } | { b; }); x=$( ((1)) ); x=$( (a);b ); x=$(if a; then
b
c; fi; d); x=$(while a
do b; done); x=$(for ((;;)) do a; b
c; done); x=$(f() { a; b
c; }
d); x=$(a && 
b | 
c); x=$(case a in b) c;d
e;; esac); x=$(a 2>&1 >&2 |& c); x=$(< f); x=$(<f); x=$(< f 2>g); x=$( <f ); x=$(>f); x=`a
b`; x=$(cat <<X
h
X
b); x=$(cat <<X; b
h
X
); x=$(echo $(a;b) `c;d`); }
g1() { for (( i = 0 ; i < 3 ; i++ )); do a; done; for (( ; ; )); do b; done; for ((i=0, j=1;;j++)) ; do c; done; ((  x  )); (( )) ; echo $((  1  )) $(( )) ; }
g2() { a "${x:-$'q\'r'}" "${x:-$"loc"}" "${x#$'a\nb'}" $'\'' $'' $"" x$'a'y $"a$(b;c)" "$(echo $'a\nb' "$'c'")" ${x/$'a'/$'b'} "${x/$'a'/$'b'}" "${x:-"$'y'"}" a[$'x'] x=$'y z'; x=$'a' y[$'q']=b; [[ $'a' == $'b'* ]]; cat <<$'E' <<< $'here'
a $'b' ${x:-$'c'} $(d;e)
E
}
g3() { x[$(a;b)]=1; echo ${x[$(a;b)]} "${x[$((1+1))]}" ${x[1 + 2]} ; declare x[$(a;b)]=2; a=([$(a;b)]=$(c;d) "e $(f;g)"); a=(a
 b # c
 [x]+=1
); }
g4() { <( (a) ) >( (b);c ) $( ((1)); a ) $((1)) $( ( ( a ) ) ) <(a | b) "<(a;b)" ${ } $(:) ; }
g5() { a() { b; }; a | { b; } |& ( c ) |& d; { a; } |& b; if a; then b; fi | c; a <<X |& b
h
X
while a; do b; done | while c; do d; done; ! { a; }; time { a; } ; time ( a ) & b; { a; } & ( b ) & c && d & e || f; }
g6() { coproc a b > c; coproc n ( a ); coproc a | b; coproc if a; then b; fi; coproc X while a; do b; done > f; }
g7() { case a in
 b) ;;
 c) d & ;;
 e) f <<X
h
X
 ;;
 g | h | i ) j; k ;;
 esac > x < y
 for x in a b; do c; done 2> f | d; select x in a b; do c; done < f; until a; do b; done; ((1)) > f; [[ a ]] > f; }
g8() if a; then b; fi
g9() for x in a; do b; done <<X
h
X
g10() [[ a == b ]]
g11() (( 1 ))
g12() { a; } > x 2>&1 < y
g13() { [[ a =~ ^(x|y)$ || ! b ]]; [[ a && b || c && ! ( d ) ]]; [[ -v x && -o y && a -nt b && a = b && a != b && a < b && a > b && a -ge 1 ]]; [[ ! -z $x ]] ; [[ (a) ]]; [[ ! ! ! a ]]; [[ ! ( ! ( a ) ) ]]; [[ a =~ $(b;c) ]]; }
g14() { a=1; a= b; a=$x"y" c; a+=z; a[1]+=z; export a=b c; local x; readonly q=(a b); typeset -a z=( "$(a;b)" ); x=1 eval y=(1 2) ; }
g15() { echo `echo \`a\` "b" $(c;d)` "`echo "x"`" ; echo $[ 1 + $(a;b) ] $(( $(a;b) + `c` + "1" + ${x} )) ; }
h1() { a <<X
h
X
b
while c; do d; done
e
}
h2() { a <<X
h
X
b
until c; do d; done; e <<X
h
X
f; if a; then b; fi; c;  e <<X
h
X
f; ( a; b ); c;  e <<X
h
X
f; { a; b; }; c;  e <<X
h
X
f; case a in b) c; d;; esac; c;  e <<X
h
X
f; for x in a; do b; done; c; d
}
h3() {
  a() { b <<X
h
X
}
  a() { b <<X
h
X
} > c
  a() ( b <<X
h
X
)
d
}
h4() { x=$(while cat <<X
h
X
do a; done); y=$(if cat <<X
h
X
then a; fi; b)
if a; then while a <<X
h
X
 b; do c; done; fi
}
