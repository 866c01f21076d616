# The hook of mcpenv for zsh. Each prompt it finds out with builtins alone whether anything changed, and only then starts one
# process. It sets no trap, and what it keeps of values stands in arrays, which zsh never exports.
#
# `mcpenv hook zsh` wraps this text in `emulate zsh -o no_xtrace … -c`, so that every function runs under the same options
# whatever the user's are. `builtin` before each call passes by functions of the same name.

# true while nothing that was read has changed
__mcpenv_still() {
    if (( $#__mcpenv_f )); then
        __mcpenv_stat && [[ "${(j: :)__mcpenv_t}" == "$__mcpenv_s" ]] || builtin return 1
    fi
    builtin local __mcpenv_x
    for __mcpenv_x in $__mcpenv_a; do
        [[ ! -e $__mcpenv_x ]] || builtin return 1
    done
    if [[ -n $__mcpenv_wake ]]; then
        __mcpenv_now
        (( __mcpenv_x >= __mcpenv_was && __mcpenv_x < __mcpenv_wake )) || builtin return 1
    fi
    builtin return 0
}

# the seconds of the clock, in the caller's __mcpenv_x
__mcpenv_now() {
    __mcpenv_x=${EPOCHSECONDS:-${(%):-%D{%s}}}
    [[ $__mcpenv_x == <-> ]] || __mcpenv_x=0
}

# the times of the watched files, in __mcpenv_t; false when one is gone
__mcpenv_stat() {
    builtin zstat -A __mcpenv_t -F $__mcpenv_form +mtime -- $__mcpenv_f 2>/dev/null
}

# finds the project from $PWD upwards (__mcpenv_d, '' for none) and the places where a nearer one could appear (__mcpenv_c). Of the
# last directory without a project they are kept (__mcpenv_oa, for __mcpenv_out): whoever leaves a project mostly goes back to where
# he came from.
__mcpenv_walk() {
    builtin local __mcpenv_x
    __mcpenv_d= __mcpenv_c=()
    if [[ $PWD == "$__mcpenv_out" ]]; then
        for __mcpenv_x in $__mcpenv_oa; do
            [[ ! -e $__mcpenv_x ]] || { __mcpenv_out=; builtin break }
        done
        [[ -z $__mcpenv_out ]] || { __mcpenv_c=($__mcpenv_oa); builtin return 0 }
    fi
    __mcpenv_x=$PWD
    [[ $__mcpenv_x == /* ]] || builtin return 0
    while [[ $__mcpenv_x == */ ]]; do __mcpenv_x=${__mcpenv_x%/}; done
    while [[ -n $__mcpenv_x && $__mcpenv_x != / ]]; do
        (( ! ${__mcpenv_stop[(Ie)$__mcpenv_x]} )) || builtin return 0
        if [[ -e $__mcpenv_x/.mcpenv.toml ]]; then
            __mcpenv_d=$__mcpenv_x
            builtin return 0
        fi
        __mcpenv_c+=$__mcpenv_x/.mcpenv.toml
        __mcpenv_x=${__mcpenv_x:h}
    done
    (( ! ${__mcpenv_stop[(Ie)/]} )) || builtin return 0
    [[ ! -e /.mcpenv.toml ]] || { __mcpenv_d=/; builtin return 0 }
    __mcpenv_c+=/.mcpenv.toml
}

__mcpenv_print() {
    builtin print -u2 -r -- "$1"
}

# a line on entry; not repeated until the shell has left
__mcpenv_say() {
    [[ "$1" == "$__mcpenv_said" ]] || { __mcpenv_said=$1; __mcpenv_print "$1" }
}

# a line once in the life of this shell
__mcpenv_warn() {
    (( ! ${__mcpenv_warned[(Ie)$1]} )) || builtin return 0
    __mcpenv_warned+=("$1")
    __mcpenv_print "$1"
}

__mcpenv_adopt() {
    builtin local __mcpenv_x
    for __mcpenv_x in "$@"; do
        [[ ${(Pt)__mcpenv_x} != scalar-export ]] || __mcpenv_n+=($__mcpenv_x) __mcpenv_v+=("$__mcpenv_x=${(P)__mcpenv_x}")
    done
    __mcpenv_on=1
}

# The record: names in __mcpenv_n, `NAME=VALUE` in the same order in __mcpenv_v, and by name, where there is anything to say, the
# kind in __mcpenv_k (none: was unset, s set, x exported, l is left alone) and the previous value in __mcpenv_p. __mcpenv_part
# says that a change to the variables was interrupted.
__mcpenv_undo() {
    builtin local __mcpenv_x __mcpenv_b=$__mcpenv_part
    builtin local -a __mcpenv_left
    builtin local -i __mcpenv_i=0
    if (( $#__mcpenv_n )); then
        if [[ -z $__mcpenv_part ]]; then
            __mcpenv_gn=($__mcpenv_n) __mcpenv_gv=("${(@)__mcpenv_v}") __mcpenv_gk=() __mcpenv_gp=()
            (( ! $#__mcpenv_k )) || __mcpenv_gk=("${(@kv)__mcpenv_k}") __mcpenv_gp=("${(@kv)__mcpenv_p}")
            __mcpenv_gone=$(( __mcpenv_early + 1 ))
        fi
        if [[ -z $__mcpenv_part ]] && (( ! $#__mcpenv_k )); then
            # does every name still hold our value, exported?
            for __mcpenv_x in $__mcpenv_n; do
                [[ ${(Pt)__mcpenv_x} == scalar-export && "$__mcpenv_x=${(P)__mcpenv_x}" == "$__mcpenv_v[++__mcpenv_i]" ]] ||
                    { __mcpenv_b=-; builtin break }
            done
        else
            __mcpenv_b=-
        fi
        if [[ -z $__mcpenv_b ]]; then
            # the ordinary case: nothing stood there before, and all is as it was put
            __mcpenv_part=1
            builtin unset -- $__mcpenv_n
            [[ -z $__mcpenv_on ]] || builtin unset __MCPENV_LOADED
            __mcpenv_n=() __mcpenv_v=()
        else
            __mcpenv_restore
        fi
    else
        # an interrupted put may have left kinds without names
        __mcpenv_k=() __mcpenv_p=()
        [[ -z $__mcpenv_on ]] || builtin unset __MCPENV_LOADED
    fi
    __mcpenv_on= __mcpenv_part=
    for __mcpenv_x in $__mcpenv_left; do
        [[ -z $__mcpenv_stay ]] || __mcpenv_kept+=($__mcpenv_x)
        __mcpenv_print "mcpenv: $__mcpenv_x was changed here and is left as it is"
    done
}

# Takes away what is ours and puts back what stood before; what was changed goes into the caller's __mcpenv_left. Decides first
# and only then touches anything. Where it was interrupted before, an unset variable is ours to restore, and nothing is said. A
# variable that a running function has made local (this can be called from a `cd` inside one) waits for the next prompt.
__mcpenv_restore() {
    builtin local __mcpenv_x __mcpenv_b=$__mcpenv_part
    builtin local -a __mcpenv_t __mcpenv_later __mcpenv_e
    builtin local -i __mcpenv_i=0
    for __mcpenv_x in $__mcpenv_n; do
        (( ++__mcpenv_i ))
        if [[ $__mcpenv_k[$__mcpenv_x] == l ]]; then
            builtin continue
        elif [[ ${(Pt)__mcpenv_x} == *local* ]]; then
            __mcpenv_later+=($__mcpenv_x) __mcpenv_e+=("$__mcpenv_v[__mcpenv_i]")
        elif [[ ${(Pt)__mcpenv_x} == (scalar|scalar-export) && "$__mcpenv_x=${(P)__mcpenv_x}" == "$__mcpenv_v[__mcpenv_i]" ]]; then
            __mcpenv_t+=($__mcpenv_x)
        elif [[ -z $__mcpenv_b ]]; then
            __mcpenv_k[$__mcpenv_x]=l
            __mcpenv_left+=($__mcpenv_x)
        elif [[ -n ${(Pt)__mcpenv_x} ]]; then
            __mcpenv_k[$__mcpenv_x]=l
        fi
    done
    __mcpenv_part=1
    (( ! $#__mcpenv_t )) || builtin unset -- $__mcpenv_t
    __mcpenv_t=()
    for __mcpenv_x in $__mcpenv_n; do
        if (( ${__mcpenv_later[(Ie)$__mcpenv_x]} )); then
            builtin continue
        elif [[ $__mcpenv_k[$__mcpenv_x] == x ]]; then
            __mcpenv_t+=("$__mcpenv_x=$__mcpenv_p[$__mcpenv_x]")
        elif [[ $__mcpenv_k[$__mcpenv_x] == s ]]; then
            builtin typeset -g +x -- "$__mcpenv_x=$__mcpenv_p[$__mcpenv_x]"
        fi
    done
    (( ! $#__mcpenv_t )) || builtin typeset -gx -- "${(@)__mcpenv_t}"
    [[ -z $__mcpenv_on ]] || builtin unset __MCPENV_LOADED
    if (( $#__mcpenv_later )); then
        __mcpenv_again=1
        for __mcpenv_x in ${(k)__mcpenv_k}; do
            (( ${__mcpenv_later[(Ie)$__mcpenv_x]} )) || builtin unset "__mcpenv_k[$__mcpenv_x]" "__mcpenv_p[$__mcpenv_x]"
        done
    else
        __mcpenv_k=() __mcpenv_p=()
    fi
    __mcpenv_n=($__mcpenv_later) __mcpenv_v=("${(@)__mcpenv_e}")
}

# true when nothing stands in any of the names
__mcpenv_bare() {
    builtin local __mcpenv_x
    for __mcpenv_x in "$@"; do
        [[ -z ${(Pt)__mcpenv_x} ]] || builtin return 1
    done
}

# takes `NAME=VALUE` words
__mcpenv_put() {
    builtin local -a __mcpenv_u __mcpenv_e
    __mcpenv_u=("${@%%=*}")
    if (( ! $#__mcpenv_kept )) && __mcpenv_bare $__mcpenv_u; then
        __mcpenv_e=("$@")
    else
        __mcpenv_choose "$@"
    fi
    (( $#__mcpenv_u )) || builtin return 0
    __mcpenv_part=1
    __mcpenv_n+=($__mcpenv_u) __mcpenv_v+=("${(@)__mcpenv_e}")
    builtin unset -- $__mcpenv_u
    builtin typeset -gx -- "${(@)__mcpenv_e}"
    __mcpenv_part=
}

# leaves in put's variables what can be loaded, and records what stands in it
__mcpenv_choose() {
    builtin local __mcpenv_x __mcpenv_y __mcpenv_t
    __mcpenv_u=()
    for __mcpenv_y in "$@"; do
        __mcpenv_x=${__mcpenv_y%%=*} __mcpenv_t=
        case ${(Pt)__mcpenv_x} in
        ('') ;;
        (scalar) __mcpenv_t=s ;;
        (scalar-export) __mcpenv_t=x ;;
        (*local*) __mcpenv_again=1 __mcpenv_t=- ;;
        (*)
            __mcpenv_warn "mcpenv: $__mcpenv_x is readonly, an integer, an array or the like in this shell and is not loaded"
            __mcpenv_t=-
            ;;
        esac
        [[ $__mcpenv_t != - ]] && (( ! ${__mcpenv_kept[(Ie)$__mcpenv_x]} )) || builtin continue
        if [[ -n $__mcpenv_t ]]; then
            __mcpenv_part=1
            __mcpenv_p[$__mcpenv_x]=${(P)__mcpenv_x}
            __mcpenv_k[$__mcpenv_x]=$__mcpenv_t
        fi
        __mcpenv_u+=($__mcpenv_x) __mcpenv_e+=("$__mcpenv_y")
    done
}

__mcpenv_watch() {
    builtin local __mcpenv_y __mcpenv_z
    builtin local -a __mcpenv_x
    builtin local -i __mcpenv_i=$(( $1 * 2 + 1 ))
    for __mcpenv_y __mcpenv_z in "${@[2,__mcpenv_i]}"; do
        __mcpenv_f+=("$__mcpenv_y") __mcpenv_x+=("$__mcpenv_z")
    done
    [[ $__mcpenv_form == *.* ]] || __mcpenv_x=("${(@)__mcpenv_x%.*}")
    __mcpenv_s=${(j: :)__mcpenv_x}
    __mcpenv_w=("${@[__mcpenv_i+1,-1]}")
    # without the module that reads a file's times only a change of the directory is noticed
    (( __mcpenv_stats )) || __mcpenv_f=()
}

__mcpenv_fin() {
    if [[ -n $1 ]]; then
        builtin typeset -gx -- "__MCPENV_LOADED=$1"
        __mcpenv_on=1
    else
        builtin unset __MCPENV_LOADED
        __mcpenv_on=
    fi
    builtin local __mcpenv_x
    builtin local -i __mcpenv_i=$2
    [[ $3 == 0 || $__mcpenv_form == *.* ]] || (( __mcpenv_i && __mcpenv_i < 3 )) || __mcpenv_i=3
    if (( __mcpenv_i )); then
        __mcpenv_now
        __mcpenv_was=$__mcpenv_x __mcpenv_wake=$(( __mcpenv_x + __mcpenv_i ))
    fi
}

# Another tool's hook that ran after ours may have taken our value for the user's and put it back once we had left.
__mcpenv_sweep() {
    builtin local __mcpenv_x
    builtin local -i __mcpenv_i=0
    __mcpenv_bare $__mcpenv_gn || for __mcpenv_x in $__mcpenv_gn; do
        (( ++__mcpenv_i ))
        if [[ ${(Pt)__mcpenv_x} != (scalar|scalar-export) || "$__mcpenv_x=${(P)__mcpenv_x}" != "$__mcpenv_gv[__mcpenv_i]" ]]; then
            builtin continue
        elif (( ${__mcpenv_n[(Ie)$__mcpenv_x]} )); then
            builtin typeset -gx -- "$__mcpenv_v[${__mcpenv_n[(Ie)$__mcpenv_x]}]"
        else
            case $__mcpenv_gk[$__mcpenv_x] in
            ('') builtin unset $__mcpenv_x ;;
            (x) builtin typeset -gx -- "$__mcpenv_x=$__mcpenv_gp[$__mcpenv_x]" ;;
            (s) builtin typeset -g +x -- "$__mcpenv_x=$__mcpenv_gp[$__mcpenv_x]" ;;
            esac
        fi
    done
    (( --__mcpenv_gone )) || { __mcpenv_gk=() __mcpenv_gp=() __mcpenv_gn=() __mcpenv_gv=() }
}

# the state for $PWD is settled
__mcpenv_rest() {
    __mcpenv_root=$__mcpenv_d
    __mcpenv_a=($__mcpenv_w $__mcpenv_c)
    [[ -n $__mcpenv_d || $PWD == "$__mcpenv_out" ]] || __mcpenv_out=$PWD __mcpenv_oa=($__mcpenv_c)
    if [[ -n $__mcpenv_fail && -n $__mcpenv_root ]] && (( __mcpenv_stats )); then
        # nothing was told to watch: what this shell knows of itself
        __mcpenv_f=($__mcpenv_root $__mcpenv_root/.mcpenv.toml)
        [[ ! -e $__mcpenv_bin ]] && __mcpenv_a+=($__mcpenv_bin) || __mcpenv_f+=($__mcpenv_bin)
        __mcpenv_stat && __mcpenv_s=${(j: :)__mcpenv_t}
    fi
    # what was local to a function is done again at the prompt
    [[ -n $__mcpenv_again ]] && __mcpenv_key= || __mcpenv_key=$PWD
    __mcpenv_busy=
}

__mcpenv_forget() {
    __mcpenv_f=() __mcpenv_s= __mcpenv_w=() __mcpenv_wake= __mcpenv_was=
}

__mcpenv_sync() {
    builtin local __mcpenv_d __mcpenv_o __mcpenv_how=own __mcpenv_stay= __mcpenv_last=$__mcpenv_busy __mcpenv_redo=$__mcpenv_again
    builtin local -a __mcpenv_c
    __mcpenv_walk
    [[ -n $__mcpenv_d && $__mcpenv_d == "$__mcpenv_root" ]] && __mcpenv_stay=1
    # from here to its end an interrupt leaves a mark, and an interrupted load is not tried again at once
    __mcpenv_busy=x$PWD __mcpenv_key= __mcpenv_again=
    [[ -n $__mcpenv_stay ]] || { __mcpenv_said= __mcpenv_kept=() }
    if [[ -n $__mcpenv_last ]]; then
        __mcpenv_undo
        __mcpenv_forget
        __mcpenv_fail=1
        if [[ $__mcpenv_last == "$__mcpenv_busy" ]]; then
            __mcpenv_print "mcpenv: interrupted, nothing is loaded here until something changes"
            __mcpenv_rest
            builtin return 0
        fi
    fi
    [[ -n $__mcpenv_on || -z ${__MCPENV_LOADED-} ]] || __mcpenv_how=foreign
    if [[ $__mcpenv_how == own ]]; then
        if [[ -z $__mcpenv_d ]]; then
            __mcpenv_undo
            # as forget and rest have it: a call would take longer than it
            __mcpenv_f=() __mcpenv_s= __mcpenv_w=() __mcpenv_wake= __mcpenv_was= __mcpenv_fail= __mcpenv_root=
            __mcpenv_a=($__mcpenv_c)
            [[ $PWD == "$__mcpenv_out" ]] || __mcpenv_out=$PWD __mcpenv_oa=($__mcpenv_c)
            [[ -n $__mcpenv_again ]] && __mcpenv_key= || __mcpenv_key=$PWD
            __mcpenv_busy=
            builtin return 0
        elif [[ -n $__mcpenv_stay && -z $__mcpenv_fail && -z $__mcpenv_redo ]] && __mcpenv_still; then
            __mcpenv_rest
            builtin return 0
        fi
    fi
    if [[ -x $__mcpenv_bin ]] &&
        __mcpenv_o=$("$__mcpenv_bin" hook-env zsh "$__mcpenv_d" "$$" "$__mcpenv_how") &&
        [[ $__mcpenv_o == $'#mcpenv 1\n'*$'\n#end' ]]; then
        __mcpenv_forget
        builtin eval "$__mcpenv_o"
        __mcpenv_fail=
        __mcpenv_rest
        builtin return 0
    fi
    __mcpenv_undo
    __mcpenv_forget
    [[ -n $__mcpenv_fail && -n $__mcpenv_stay ]] ||
        __mcpenv_print "mcpenv: could not load here, nothing is set; run mcpenv status"
    __mcpenv_fail=1
    __mcpenv_rest
}

# A DEBUG trap would be handed every command that is run in here, values and all; it is back when this returns.
__mcpenv_quiet() {
    builtin setopt local_traps
    builtin trap - DEBUG ZERR
    [[ -z $__mcpenv_gone ]] || (( ! __mcpenv_gone )) || [[ -n $__mcpenv_early ]] || __mcpenv_sweep
    [[ $PWD == "$__mcpenv_key" ]] && __mcpenv_still || __mcpenv_sync
    builtin return 0
}

__mcpenv_precmd() {
    __mcpenv_early=
    if [[ $__mcpenv_gone == (|0) && $PWD == "$__mcpenv_key" ]] && __mcpenv_still; then
        builtin return 0
    fi
    __mcpenv_quiet
}

# makes `cd project && command` work; the prompt that follows is then an idle one
__mcpenv_chpwd() {
    (( ! ZSH_SUBSHELL )) && [[ -o interactive ]] || builtin return 0
    __mcpenv_early=1
    __mcpenv_quiet
    __mcpenv_early=
}

__mcpenv_install() {
    # an array cannot come from the environment: the hook was installed in this very shell before
    [[ ${(t)__mcpenv_f-} != array* ]] || __mcpenv_undo
    builtin local __mcpenv_x
    for __mcpenv_x in ${(M)${(k)parameters}:#__mcpenv_*}; do
        [[ $__mcpenv_x == __mcpenv_x ]] || builtin unset $__mcpenv_x
    done
    builtin typeset -gH __mcpenv_bin=::MCPENV:: __mcpenv_form=%s.%N
    builtin typeset -gaH __mcpenv_{stop,f,w,a,oa,t,n,v,gn,gv,kept,warned}
    builtin typeset -gAH __mcpenv_{k,p,gk,gp}
    builtin typeset -gH __mcpenv_{s,said,key,root,out,on,busy,part,fail,wake,was,again,early,stay,gone}
    builtin typeset -giH __mcpenv_stats=0
    __mcpenv_stop=(::STOP::)
    builtin zmodload -F zsh/stat b:zstat 2>/dev/null && __mcpenv_stats=1
    builtin zmodload -F zsh/datetime p:EPOCHSECONDS 2>/dev/null
    if (( __mcpenv_stats )); then
        # older ones do not know %N
        builtin zstat -A __mcpenv_t -F %s.%N +mtime -- / 2>/dev/null
        [[ $__mcpenv_t == <->.<-> ]] && (( ${#${__mcpenv_t[1]#*.}} == 9 )) || __mcpenv_form=%s
    fi
    builtin typeset -ga precmd_functions chpwd_functions
    precmd_functions=(${precmd_functions:#__mcpenv_precmd} __mcpenv_precmd)
    chpwd_functions=(${chpwd_functions:#__mcpenv_chpwd} __mcpenv_chpwd)
}

__mcpenv_install
