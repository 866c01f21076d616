# The hook of mcpenv for fish 3.5 and later. Each prompt it finds out with builtins alone whether anything changed, and only
# then starts one process. fish itself keeps $status and $pipestatus round an event. What is kept of values stands in global
# variables that are not exported; no universal variable is touched.
#
# Every name starts with __mcpenv_ because a local of the same name would hide the variable that `$$name` asks for. The record
# of a loaded NAME: __mcpenv_v0_NAME what was loaded and, if it was set before, __mcpenv_k0_NAME its kind and __mcpenv_p0_NAME
# what stood there (a list). __mcpenv_s is the 0, or else 1; the record of what was taken away last is under the other one.
# Never a path list: fish splits what is put into a name that ends in PATH.

# true while nothing that was read has changed
function __mcpenv_still
    set -q __mcpenv_f[1]; and test $__mcpenv_f; and return 1
    set -q __mcpenv_a[1]; and builtin path is -- $__mcpenv_a; and return 1
    if set -q __mcpenv_wake[1]
        __mcpenv_now
        set -q __mcpenv_t[1]; and test $__mcpenv_t[1] -ge $__mcpenv_was -a $__mcpenv_t[1] -lt $__mcpenv_wake; or return 1
    end
    if set -q __mcpenv_sig[1]
        __mcpenv_sign $__mcpenv_root
        test "$__mcpenv_t" = "$__mcpenv_sig"; or return 1
    end
    return 0
end

# the seconds of a clock, in __mcpenv_t[1]: since the system was started or, where it does not tell, since the binary was made
function __mcpenv_now
    set -gu __mcpenv_t
    if test -r /proc/uptime
        builtin read -gu --list __mcpenv_t </proc/uptime
    else
        set -gu __mcpenv_t (builtin path mtime -R -- $__mcpenv_bin)
    end
end

# what the project looks like to a shell that was not told what to watch, in __mcpenv_t; the text, because these times are whole
# seconds
function __mcpenv_sign
    set -l __mcpenv_x
    if test -f $argv/.mcpenv.toml -a -r $argv/.mcpenv.toml
        builtin read --null --nchars 65536 __mcpenv_x <$argv/.mcpenv.toml
    end
    set -gu __mcpenv_t (builtin path mtime -- $argv/.mcpenv.toml $argv $__mcpenv_bin) "x$__mcpenv_x"
end

# finds the project from $PWD upwards (__mcpenv_d, '' for none) and the places where a nearer one could appear (__mcpenv_c). Of the
# last directory without a project they are kept (__mcpenv_oa, for __mcpenv_out): whoever leaves a project mostly goes back to where
# he came from.
function __mcpenv_walk
    set -gu __mcpenv_d ''
    if test "$PWD" = "$__mcpenv_out"; and set -q __mcpenv_oa[1]; and not builtin path is -- $__mcpenv_oa
        set -gu __mcpenv_c $__mcpenv_oa
        return 0
    end
    set -gu __mcpenv_c
    set -l __mcpenv_x
    # captures, not command substitutions: those end at a newline
    string match -qr '(?s)^(?=/)(?<__mcpenv_x>.*?)/*\z' -- $PWD; or return 0
    while test -n "$__mcpenv_x"
        set -q __mcpenv_stop[1]; and builtin contains -- $__mcpenv_x $__mcpenv_stop; and return 0
        if test -e "$__mcpenv_x/.mcpenv.toml"
            set -gu __mcpenv_d $__mcpenv_x
            return 0
        end
        set -a __mcpenv_c "$__mcpenv_x/.mcpenv.toml"
        string match -qr '(?s)^(?<__mcpenv_x>.*)/[^/]*\z' -- $__mcpenv_x; or return 0
    end
    builtin contains -- / $__mcpenv_stop; and return 0
    if test -e /.mcpenv.toml
        set -gu __mcpenv_d /
        return 0
    end
    set -a __mcpenv_c /.mcpenv.toml
end

function __mcpenv_print
    builtin printf '%s\n' $argv[1] >&2
end

# a line on entry; not repeated until the shell has left
function __mcpenv_say
    test "x$argv[1]" = "x$__mcpenv_said"; and return
    set -gu __mcpenv_said $argv[1]
    __mcpenv_print $argv[1]
end

# a line once in the life of this shell
function __mcpenv_warn
    builtin contains -- $argv[1] $__mcpenv_warned; and return
    set -a __mcpenv_warned $argv[1]
    __mcpenv_print $argv[1]
end

# whether NAME still holds what was loaded, by the record SLOT
function __mcpenv_ours --argument-names __mcpenv_x __mcpenv_r
    set -l __mcpenv_o __mcpenv_v{$__mcpenv_r}_$__mcpenv_x
    # a function that called cd hands down copies of its exported locals, which would hide the global
    set -ef $__mcpenv_x
    set -qgx $__mcpenv_x; and not set -qg $__mcpenv_x'[2]'; and test "x$$__mcpenv_x" = "x$$__mcpenv_o"
end

# Whether nothing stood before in any of the NAMES that are loaded, and all hold what was loaded. They are compared in one text:
# what is loaded has no \x01 in it, so the two texts are only the same if each value is. A variable that is not set is no word.
function __mcpenv_whole
    set -l __mcpenv_k __mcpenv_k{$__mcpenv_s}_$argv
    set -l __mcpenv_v __mcpenv_v{$__mcpenv_s}_$argv
    set -l __mcpenv_o $$__mcpenv_k
    set -q argv[1]; and not set -q __mcpenv_o[1]; or return 1
    string match -q -- '*'\x01'*' $$__mcpenv_v; and return 1
    set -ef $argv
    set -qgx $argv; or return 1
    set __mcpenv_o $$argv\x01
    set -l __mcpenv_p $$__mcpenv_v\x01
    test "x$__mcpenv_o" = "x$__mcpenv_p"
end

# puts back what stood in NAME before, by the record SLOT
function __mcpenv_restore --argument-names __mcpenv_x __mcpenv_r
    set -l __mcpenv_o __mcpenv_k{$__mcpenv_r}_$__mcpenv_x
    if not set -q $__mcpenv_o
        set -eg $__mcpenv_x
        return
    end
    set -l __mcpenv_p __mcpenv_p{$__mcpenv_r}_$__mcpenv_x
    switch $$__mcpenv_o
        case x
            set -gx --unpath $__mcpenv_x $$__mcpenv_p
        case xp
            set -gx --path $__mcpenv_x $$__mcpenv_p
        case s
            set -gu --unpath $__mcpenv_x $$__mcpenv_p
        case sp
            set -gu --path $__mcpenv_x $$__mcpenv_p
    end
end

function __mcpenv_adopt
    for __mcpenv_x in $argv
        set -qgx $__mcpenv_x; or continue
        # a name that ends in PATH comes in as a list
        set -gx --unpath $__mcpenv_x "$$__mcpenv_x"
        set -eg __mcpenv_k{$__mcpenv_s}_$__mcpenv_x
        set -gu --unpath __mcpenv_v{$__mcpenv_s}_$__mcpenv_x $$__mcpenv_x
        set -a __mcpenv_n $__mcpenv_x
    end 2>/dev/null
    set -gu __mcpenv_on 1
end

# Takes away what is still ours. __mcpenv_part says that it, or put, was interrupted: then a variable that is not set is ours
# to restore, and nothing is said.
function __mcpenv_undo
    set -l __mcpenv_b $__mcpenv_part
    set -l __mcpenv_left
    set -l __mcpenv_o $__mcpenv_n
    set -gu __mcpenv_part 1
    # the ordinary case: nothing stood there before, and all is as it was put
    if test -z "$__mcpenv_b"; and __mcpenv_whole $__mcpenv_n
        set -eg $__mcpenv_n
        set __mcpenv_o
    end 2>/dev/null
    for __mcpenv_x in $__mcpenv_o
        if __mcpenv_ours $__mcpenv_x $__mcpenv_s
            __mcpenv_restore $__mcpenv_x $__mcpenv_s
        else if test -z "$__mcpenv_b"
            set -a __mcpenv_left $__mcpenv_x
        else if not set -qg $__mcpenv_x
            __mcpenv_restore $__mcpenv_x $__mcpenv_s
        end
    end 2>/dev/null
    if set -q __mcpenv_n[1]
        __mcpenv_lose
        set -gu __mcpenv_gn $__mcpenv_n
        set -gu __mcpenv_gone 1 $__mcpenv_early
        set -gu __mcpenv_n
        if test $__mcpenv_s = 0
            set -gu __mcpenv_s 1
        else
            set -gu __mcpenv_s 0
        end
    end
    test -n "$__mcpenv_on"; and set -eg __MCPENV_LOADED
    set -gu __mcpenv_on
    set -gu __mcpenv_part
    for __mcpenv_x in $__mcpenv_left
        test -n "$__mcpenv_stay"; and set -a __mcpenv_kept $__mcpenv_x
        __mcpenv_print "mcpenv: $__mcpenv_x was changed here and is left as it is"
    end
end

# forgets what was taken away last
function __mcpenv_lose
    test $__mcpenv_s = 0; and set -l __mcpenv_r 1; or set -l __mcpenv_r 0
    set -q __mcpenv_gn[1]; and set -eg __mcpenv_{k,p,v}{$__mcpenv_r}_$__mcpenv_gn
    set -gu __mcpenv_gn
    set -gu __mcpenv_gone
end

# Another tool's hook that ran after ours may have taken our value for the user's and put it back once we had left.
function __mcpenv_sweep
    test $__mcpenv_s = 0; and set -l __mcpenv_r 1; or set -l __mcpenv_r 0
    set -l __mcpenv_t $__mcpenv_gn
    begin
        set -ef $__mcpenv_gn
        set -l __mcpenv_o $$__mcpenv_gn
        # nothing stands in any of them
        set -q __mcpenv_o[1]; or set __mcpenv_t
    end 2>/dev/null
    for __mcpenv_x in $__mcpenv_t
        __mcpenv_ours $__mcpenv_x $__mcpenv_r; or continue
        if builtin contains -- $__mcpenv_x $__mcpenv_n
            set -l __mcpenv_o __mcpenv_v{$__mcpenv_s}_$__mcpenv_x
            set -gx --unpath $__mcpenv_x $$__mcpenv_o
        else
            __mcpenv_restore $__mcpenv_x $__mcpenv_r
        end
    end 2>/dev/null
    set -e __mcpenv_gone[1]
    set -q __mcpenv_gone[1]; or __mcpenv_lose
end

# Kinds: s was set, x exported, with p when it was a path list. Each name is in the record before it is touched, and is set in
# one go, so an interrupt leaves what stood there or what is ours. An error inside would print the arguments.
function __mcpenv_put
    set -l __mcpenv_x
    set -l __mcpenv_left
    set -gu __mcpenv_part 1
    for __mcpenv_o in $argv
        if not set -q __mcpenv_x[1]
            set __mcpenv_x $__mcpenv_o
            continue
        end
        if not set -q __mcpenv_kept[1]; or not builtin contains -- $__mcpenv_x $__mcpenv_kept
            set -ef $__mcpenv_x
            if set -qg $__mcpenv_x
                set -l __mcpenv_r s
                set -qgx $__mcpenv_x; and set __mcpenv_r x
                set -qg --path $__mcpenv_x; and set __mcpenv_r {$__mcpenv_r}p
                set -gu --unpath __mcpenv_p{$__mcpenv_s}_$__mcpenv_x $$__mcpenv_x
                set -gu --unpath __mcpenv_k{$__mcpenv_s}_$__mcpenv_x $__mcpenv_r
            else
                # an interrupt may have kept an old record
                set -eg __mcpenv_k{$__mcpenv_s}_$__mcpenv_x
            end
            set -gu --unpath __mcpenv_v{$__mcpenv_s}_$__mcpenv_x $__mcpenv_o
            set -a __mcpenv_n $__mcpenv_x
            set -gx --unpath $__mcpenv_x $__mcpenv_o
            if test "x$$__mcpenv_x" != "x$__mcpenv_o"
                set -e __mcpenv_n[-1]
                set -eg __mcpenv_{k,p,v}{$__mcpenv_s}_$__mcpenv_x
                set -a __mcpenv_left $__mcpenv_x
            end
        end
        set __mcpenv_x
    end 2>/dev/null
    set -gu __mcpenv_part
    for __mcpenv_x in $__mcpenv_left
        __mcpenv_warn "mcpenv: $__mcpenv_x is read-only in this shell and is not loaded"
    end
end

function __mcpenv_watch
    set -l __mcpenv_i (builtin math 1 + 2 x $argv[1])
    set -l __mcpenv_x
    set -gu __mcpenv_w $argv
    set -e __mcpenv_w[1..$__mcpenv_i]
    test $argv[1] -gt 0; or return
    for __mcpenv_o in $argv[2..$__mcpenv_i]
        if not set -q __mcpenv_x[1]
            set __mcpenv_x $__mcpenv_o
        else
            # a file that is gone is older than its stamp
            set -q __mcpenv_f[1]; and set -a __mcpenv_f -o
            set -a __mcpenv_f $__mcpenv_x -nt $__mcpenv_o -o $__mcpenv_x -ot $__mcpenv_o
            set __mcpenv_x
        end
    end
end

# fish compares nanoseconds, so a young file needs no second look
function __mcpenv_fin
    if test -n "$argv[1]"
        set -gx --unpath __MCPENV_LOADED $argv[1]
        set -gu __mcpenv_on 1
    else
        set -eg __MCPENV_LOADED
        set -gu __mcpenv_on
    end
    if test $argv[2] -gt 0
        __mcpenv_now
        set -q __mcpenv_t[1]; or set __mcpenv_t 0
        set -gu __mcpenv_was $__mcpenv_t[1]
        set -gu __mcpenv_wake (builtin math $__mcpenv_t[1] + $argv[2])
    end
end

function __mcpenv_forget
    set -gu __mcpenv_f
    set -gu __mcpenv_w
    set -gu __mcpenv_sig
    set -gu __mcpenv_was
    set -gu __mcpenv_wake
end

# the state for $PWD is settled
function __mcpenv_rest
    set -gu __mcpenv_root $__mcpenv_d
    set -gu __mcpenv_a $__mcpenv_w $__mcpenv_c
    if test -z "$__mcpenv_d" -a "$PWD" != "$__mcpenv_out"
        set -gu __mcpenv_out $PWD
        set -gu __mcpenv_oa $__mcpenv_c
    end
    set -gu __mcpenv_sig
    if test -n "$__mcpenv_fail" -a -n "$__mcpenv_root"
        __mcpenv_sign $__mcpenv_root
        set -gu __mcpenv_sig $__mcpenv_t
    end
    # not the other way round: nobody asks whether it is set while there is a key
    set -gu __mcpenv_busy
    set -gu __mcpenv_key $PWD
end

function __mcpenv_sync
    status is-command-substitution; and return
    set -gu __mcpenv_early $argv[1]
    set -l __mcpenv_last $__mcpenv_busy
    set -l __mcpenv_how own
    __mcpenv_walk
    set -gu __mcpenv_stay
    test -n "$__mcpenv_d" -a "$__mcpenv_d" = "$__mcpenv_root"; and set -gu __mcpenv_stay 1
    # from here to its end an interrupt leaves a mark, and an interrupted load is not tried again at once
    set -gu __mcpenv_key
    set -gu __mcpenv_busy x$PWD
    if test -z "$__mcpenv_stay"
        set -gu __mcpenv_said
        set -gu __mcpenv_kept
    end
    if test -n "$__mcpenv_last"
        __mcpenv_undo
        __mcpenv_forget
        set -gu __mcpenv_fail 1
        if test "$__mcpenv_last" = "$__mcpenv_busy"
            __mcpenv_print 'mcpenv: interrupted, nothing is loaded here until something changes'
            __mcpenv_rest
            return
        end
    end
    set -q __MCPENV_LOADED; and test -z "$__mcpenv_on"; and set __mcpenv_how foreign
    if test $__mcpenv_how = own
        if test -z "$__mcpenv_d"
            __mcpenv_undo
            __mcpenv_forget
            set -gu __mcpenv_fail
            __mcpenv_rest
            return
        end
        # what nearer project could appear is asked by the walk, so only what the binary named counts here
        set -gu __mcpenv_a $__mcpenv_w
        if test -n "$__mcpenv_stay" -a -z "$__mcpenv_fail"; and __mcpenv_still
            __mcpenv_rest
            return
        end
    end
    if test -x $__mcpenv_bin
        set -l __mcpenv_o (command $__mcpenv_bin hook-env fish "$__mcpenv_d" $fish_pid $__mcpenv_how)
        if test $status -eq 0 -a "$__mcpenv_o[1]" = '#mcpenv 1' -a "$__mcpenv_o[-1]" = '#end'
            __mcpenv_forget
            string join \n -- $__mcpenv_o | builtin source
            set -gu __mcpenv_fail
            __mcpenv_rest
            return
        end
    end
    __mcpenv_undo
    __mcpenv_forget
    if test -z "$__mcpenv_fail" -o -z "$__mcpenv_stay"
        __mcpenv_print 'mcpenv: could not load here, nothing is set; run mcpenv status'
    end
    set -gu __mcpenv_fail 1
    __mcpenv_rest
end

# A cd inside a function or a line counts at once, so that `cd project; and command` works; the prompt after it is an idle one.
function __mcpenv_hook --on-event fish_prompt --on-variable PWD
    # fish traces no values while this is here
    set -l fish_trace
    if set -q argv[1]
        status is-interactive; or return
    else if set -q __mcpenv_gone[1]
        __mcpenv_sweep
    end
    test "$PWD" = "$__mcpenv_key"; and __mcpenv_still; or __mcpenv_sync $argv
end

begin
    set -l fish_trace
    # functions cannot come from the environment: the hook was installed in this very shell before
    builtin functions -q __mcpenv_here; and __mcpenv_undo
    for __mcpenv_x in (set --names --global | string match -r '^__mcpenv_.*')
        set -eg $__mcpenv_x
    end
    for __mcpenv_x in d c f w a out oa t was wake sig n gn gone kept warned said key root on busy part fail stay early
        set -gu __mcpenv_$__mcpenv_x
    end
    set -gu __mcpenv_s 0
    set -gu __mcpenv_bin ::MCPENV::
    set -gu __mcpenv_stop ::STOP::
end
function __mcpenv_here
end
