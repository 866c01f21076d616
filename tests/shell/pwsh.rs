//! The hook in a real PowerShell (`MCPENV_TEST_PWSH`, see `pwsh_lab.rs`). `prompt` is called by hand, as the host would.

use std::fs;

use mcpenv::shell::Call;

use crate::pwsh_lab::{Lab, var};

const FAILED: &str = "mcpenv: could not load here, nothing is set; run mcpenv status";
const LOADED: &str = "mcpenv: loaded";

#[test]
fn the_hook_is_a_script_that_powershell_can_read() {
    let Some(lab) = Lab::new() else { return };
    fs::write(lab.path("raw.ps1"), include_str!("../../shell/mcpenv.ps1")).expect("a script");
    let left = lab.run(
        r#"
        foreach ($name in 'hook.ps1', 'raw.ps1') {
            $tokens = $errors = $null
            $null = [Management.Automation.Language.Parser]::ParseFile("$here/$name", [ref]$tokens, [ref]$errors)
            note "$($errors.Count) $($tokens.Count -gt 500) $errors"
        }
        "#,
    );
    left.is("0 True\n0 True", "");
}

#[test]
fn entering_loads_idle_prompts_start_nothing_and_leaving_puts_back_what_was_there() {
    let Some(lab) = Lab::new() else { return };
    lab.load("p", &[("TOK", "ours"), ("NONE", "ours")], &[lab.watched("p/.mcpenv.toml")], &[]);
    let left = lab.run(
        r#"
        answer p; $env:TOK = "be'fore `$x"; hook; $null = prompt; show TOK
        Set-Location "$here/p"; $null = prompt; show TOK; show NONE; show __MCPENV_LOADED
        $null = prompt; $null = prompt; Set-Location sub; $null = prompt; Set-Location "$here/p"; $null = prompt
        Set-Location "$here/out"; $null = prompt; show TOK; show NONE; show __MCPENV_LOADED; $null = prompt
        note $Error.Count
        "#,
    );
    left.is(
        "TOK [be'fore $x]\nTOK [ours]\nNONE [ours]\n__MCPENV_LOADED [1:TOK=0123456789abcdef]
        TOK [be'fore $x]\nNONE unset\n__MCPENV_LOADED unset\n0",
        LOADED,
    );
    assert_eq!(left.hows(), ["own"], "one process in all");
}

#[test]
fn a_line_with_cd_has_the_variables_from_powershell_7_on_also_from_a_directory_below() {
    let Some(lab) = Lab::new() else { return };
    lab.load("p", &[("TOK", "ours")], &[], &[]);
    let left = lab.run(
        r#"
        answer p; hook; $null = prompt
        Set-Location "$here/p/sub"; if ($PSVersionTable.PSVersion.Major -lt 7) { $null = prompt }
        show TOK; $null = prompt
        Set-Location "$here/out"; if ($PSVersionTable.PSVersion.Major -lt 7) { $null = prompt }
        show TOK
        "#,
    );
    left.is("TOK [ours]\nTOK unset", LOADED);
    assert_eq!(left.hows(), ["own"]);
}

#[test]
fn values_come_through_as_they_are_quotes_of_every_kind_and_newlines_too() {
    let Some(lab) = Lab::new() else { return };
    let quotes: String = ('\u{2018}'..='\u{201f}').collect();
    let large = "x'\u{201d}".repeat(3000);
    let values = [
        quotes.as_str(),
        "'",
        "\"",
        "''\"\"",
        "a\nb\n",
        "\r\n",
        "\n",
        " lead and trail ",
        "\t",
        "$(exit 1)",
        "$env:PATH",
        "`n`$",
        "@'\nx\n'@",
        "%PATH%",
        "^&|<>",
        "\u{feff}bom",
        "é日本😀",
        "\u{1}\u{1b}[0m\u{7f}",
        "\\",
        "a=b",
        "-",
        "--%",
        ";#",
        large.as_str(),
    ];
    let names: Vec<String> = (0..values.len()).map(|i| format!("V{i}")).collect();
    let pairs: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(values).collect();
    lab.load("p", &pairs, &[], &[]);
    let left = lab.run(&format!(
        r#"
        answer p; hook; Set-Location "$here/p"; $null = prompt
        for ($i = 0; $i -lt {count}; $i++) {{
            note ([BitConverter]::ToString([Text.Encoding]::UTF8.GetBytes([Environment]::GetEnvironmentVariable("V$i"))))
        }}
        Set-Location "$here/out"; $null = prompt
        for ($i = 0; $i -lt {count}; $i++) {{ if (Test-Path "env:V$i") {{ note "V$i is left" }} }}
        "#,
        count = values.len()
    ));
    let hex = |value: &str| value.bytes().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join("-");
    left.is(&values.map(hex).join("\n"), LOADED);
}

#[test]
fn what_the_user_changed_is_left_alone_named_once_and_not_loaded_again_before_leaving() {
    let Some(lab) = Lab::new() else { return };
    lab.load("p", &[("TOK", "ours"), ("OTHER", "ours"), ("GONE", "ours")], &[lab.watched("p/.mcpenv.toml")], &[]);
    let left = lab.run(
        r#"
        answer p; hook; Set-Location "$here/p"; $null = prompt
        $env:TOK = 'OURS'; Remove-Item env:GONE; $null = prompt
        Set-Content "$here/p/.mcpenv.toml" '# changed'; $null = prompt; show TOK; show OTHER; show GONE
        Set-Location "$here/out"; $null = prompt; show TOK; show OTHER; show GONE
        $env:OTHER = 'ours'; $null = prompt; show OTHER; $env:OTHER = 'ours'; $null = prompt; $null = prompt; show OTHER
        "#,
    );
    left.is(
        "TOK [OURS]\nOTHER [ours]\nGONE unset\nTOK [OURS]\nOTHER unset\nGONE unset\nOTHER unset\nOTHER [ours]",
        "mcpenv: loaded\nmcpenv: TOK was changed here and is left as it is\nmcpenv: GONE was changed here and is left as it is",
    );
}

#[test]
fn what_changes_is_noticed_at_the_next_prompt() {
    let Some(lab) = Lab::new() else { return };
    lab.load("p", &[("TOK", "one")], &[lab.watched("p/.mcpenv.toml")], &[lab.absent("p/later")]);
    lab.load("two", &[("TOK", "two")], &[], &[]);
    lab.load("q", &[("TOK", "of q")], &[lab.watched("q/.mcpenv.toml")], &[]);
    let left = lab.run(
        r#"
        answer p; hook; Set-Location "$here/p/sub"; $null = prompt; show TOK
        $null = New-Item -ItemType Directory "$here/p/later"; $null = prompt
        Remove-Item "$here/p/later"; $null = prompt
        (Get-Item -Force "$here/p/.mcpenv.toml").LastWriteTimeUtc = [DateTime]'2001-01-01'; answer two; $null = prompt; show TOK
        Set-Content "$here/p/sub/.mcpenv.toml" x; answer q; $null = prompt; show TOK
        Remove-Item -Force "$here/p/sub/.mcpenv.toml"; answer p; Set-Location "$here/q"; $null = prompt
        Remove-Item -Force "$here/q/.mcpenv.toml"; $null = prompt; $null = prompt; show TOK
        "#,
    );
    left.is("TOK [one]\nTOK [two]\nTOK [of q]\nTOK unset", "mcpenv: loaded\nmcpenv: loaded\nmcpenv: loaded");
}

#[test]
fn the_prompt_that_was_there_sees_status_and_exit_code_and_errors_are_not_added() {
    let Some(lab) = Lab::new() else { return };
    lab.load("p", &[("TOK", "ours")], &[lab.watched("p/.mcpenv.toml")], &[]);
    let left = lab.run(
        r#"
        Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'
        function prompt { "$? $LASTEXITCODE" }
        answer p; hook; program 3; $null = $true
        note (prompt)
        Set-Location "$here/p"; note (prompt)
        Set-Location "$here/out"
        Get-Item "$here/none" -ErrorAction SilentlyContinue
        $shown = prompt; note $shown
        Set-Location "$here/p"
        Get-Item "$here/none" -ErrorAction SilentlyContinue
        $shown = prompt; note $shown; note $Error.Count
        "#,
    );
    left.is("True 3\nTrue 3\nFalse 3\nFalse 3\n2", "mcpenv: loaded\nmcpenv: loaded");
}

#[test]
fn no_value_stands_in_a_trace() {
    let Some(lab) = Lab::new() else { return };
    lab.load("p", &[("TOK", "5ecretvalue")], &[lab.watched("p/.mcpenv.toml")], &[]);
    let left = lab.run(
        r#"
        $env:TOK = 'pr3viousvalue'; answer p; hook
        Set-PSDebug -Trace 2
        $control = 'c0ntrol'
        Set-Location "$here/p"; $null = prompt
        Set-Location "$here/out"; $null = prompt; $null = prompt
        Set-PSDebug -Off
        show TOK
        "#,
    );
    left.is("TOK [pr3viousvalue]", LOADED);
    let after = left.screen.split_once("c0ntrol").expect("the trace is on the screen").1;
    assert!(!after.contains("5ecretvalue") && !after.contains("pr3viousvalue"), "{after}");
    assert!(!after.contains("NWVjcmV0dmFsdWU"), "in base64");
}

#[test]
fn installed_twice_it_runs_once_and_a_prompt_defined_later_gets_it_back() {
    let Some(lab) = Lab::new() else { return };
    lab.load("p", &[("TOK", "ours")], &[lab.watched("p/.mcpenv.toml")], &[]);
    let left = lab.run(
        r#"
        $global:asked = 0
        function prompt { $global:asked++; 'mine' }
        answer p; hook; hook; Set-Location "$here/p"; note (prompt); hook; note (prompt); show TOK; note $global:asked
        function prompt { 'later' }
        if ($PSVersionTable.PSVersion.Major -lt 7) { hook }
        Set-Location "$here/out"; note (prompt); note "$function:prompt".Contains('Invoke-McpenvHook'); show TOK
        "#,
    );
    left.is("mine\nmine\nTOK [ours]\n2\nlater\nTrue\nTOK unset", LOADED);
    assert_eq!(left.hows(), ["own"]);
}

#[test]
fn a_program_that_fails_or_does_not_speak_whole_sentences_loads_nothing_and_says_so_once() {
    let Some(lab) = Lab::new() else { return };
    lab.load("p", &[("TOK", "ours")], &[lab.watched("p/.mcpenv.toml")], &[]);
    let whole = fs::read_to_string(lab.path("p.answer")).expect("the answer");
    let broken = [
        whole.replace("#end\n", ""),
        whole.replace("#mcpenv 1", "#mcpenv 12"),
        whole.replace("fin ", "fun "),
        whole.replace("put TOK ", "put TOK;x "),
        whole.replace("put TOK ", "put PATH x "),
        whole.replace("put TOK ", "put TOK *"),
        whole.replace("undo\n", "undo\n$env:EVIL = 1\n"),
        "\u{1}\u{7f}\n\n#end\n".to_owned(),
        String::new(),
    ];
    for (i, text) in broken.iter().enumerate() {
        fs::write(lab.path(&format!("b{i}.answer")), text).expect("an answer");
    }
    let left = lab.run(&format!(
        r#"
        answer p; hook; Set-Location "$here/p"; $null = prompt
        foreach ($i in 0..{last}) {{
            Set-Content "$here/p/.mcpenv.toml" "v $i"; answer "b$i"; $null = prompt; $null = prompt
            if ($env:TOK -or $env:EVIL -or $env:__MCPENV_LOADED) {{ note "$i loaded something" }}
        }}
        Set-Content "$here/code" x; answer p; Set-Content "$here/p/.mcpenv.toml" '# code'; $null = prompt; show TOK
        Remove-Item "$here/code"; $null = prompt; Set-Content "$here/p/.mcpenv.toml" '# mended again'; $null = prompt; show TOK
        note $Error.Count
        "#,
        last = broken.len() - 1
    ));
    left.is("TOK unset\nTOK [ours]\n0", &format!("mcpenv: loaded\n{FAILED}"));
    assert_eq!(left.calls.len(), 1 + broken.len() + 2, "each change is asked about once");
}

#[test]
fn a_missing_program_costs_one_line_and_its_return_is_noticed() {
    let Some(lab) = Lab::new() else { return };
    lab.load("p", &[("TOK", "ours")], &[lab.watched("p/.mcpenv.toml")], &[]);
    let left = lab.run(
        r#"
        answer p; hook
        foreach ($name in 'stand-in', 'stand-in.cmd') { Move-Item "$here/$name" "$here/away-$name" }
        Set-Location "$here/p"; $null = prompt; $null = prompt; show TOK
        foreach ($name in 'stand-in', 'stand-in.cmd') { Move-Item "$here/away-$name" "$here/$name" }
        $null = prompt; show TOK; note $Error.Count
        "#,
    );
    left.is("TOK unset\nTOK [ours]\n0", &format!("{FAILED}\nmcpenv: loaded"));
}

#[test]
fn what_another_shell_loaded_is_adopted_and_taken_away_also_outside_of_any_project() {
    let Some(lab) = Lab::new() else { return };
    let names = [var("TOK"), var("NOT_THERE")];
    lab.answer("f", &[Call::Adopt(&names), Call::Undo, Call::Fin { marker: None, wake: 0, is_racy: false }]);
    let left = lab.run(
        r#"
        answer f; $env:TOK = 'ours'; $env:__MCPENV_LOADED = '1:TOK=0123456789abcdef'; hook
        $null = prompt; show TOK; show __MCPENV_LOADED; $null = prompt; Set-Location "$here/p/.."; $null = prompt
        "#,
    );
    left.is("TOK unset\n__MCPENV_LOADED unset", "");
    assert_eq!(left.hows(), ["foreign"]);
}

#[test]
fn an_interrupted_load_is_undone_said_and_not_tried_again_until_something_changes() {
    let Some(lab) = Lab::new() else { return };
    lab.load("p", &[("TOK", "ours"), ("SECOND", "ours")], &[lab.watched("p/.mcpenv.toml")], &[]);
    let left = lab.run(
        r#"
        answer p; $env:SECOND = 'before'; hook; Set-Location "$here/p"; $null = prompt
        # as Ctrl-C leaves it between two variables
        & (Get-Module mcpenv) { $script:Busy = $script:Key; $script:Part = $true }
        $env:SECOND = 'before'
        $null = prompt; show TOK; show SECOND; $null = prompt; $null = prompt
        Set-Content "$here/p/.mcpenv.toml" '# changed'; $null = prompt; show TOK; show SECOND
        Set-Location "$here/out"; $null = prompt; show TOK; show SECOND
        "#,
    );
    left.is(
        "TOK unset\nSECOND [before]\nTOK [ours]\nSECOND [ours]\nTOK unset\nSECOND [before]",
        "mcpenv: loaded\nmcpenv: interrupted, nothing is loaded here until something changes",
    );
    assert_eq!(left.hows(), ["own", "own"]);
}

#[test]
fn an_empty_variable_is_restored_or_not_touched_and_a_place_that_is_no_directory_changes_nothing() {
    let Some(lab) = Lab::new() else { return };
    lab.load("p", &[("TOK", "ours")], &[lab.watched("p/.mcpenv.toml")], &[]);
    // where .NET keeps no empty variable there is none to lose
    let left = lab.run(
        r#"
        answer p; [Environment]::SetEnvironmentVariable('TOK', ''); $was = [Environment]::GetEnvironmentVariable('TOK')
        hook; Set-Location "$here/p"; $null = prompt
        if ($env:OS -eq 'Windows_NT') { Set-Location HKLM:\; $null = prompt; Set-Location "$here/p"; $null = prompt }
        note ($env:TOK -eq 'ours')
        Set-Location "$here/out"; $null = prompt; note ($was -eq [Environment]::GetEnvironmentVariable('TOK'))
        "#,
    );
    left.is("True\nTrue", LOADED);
    assert_eq!(left.hows(), ["own"]);
}
