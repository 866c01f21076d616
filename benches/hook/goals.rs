//! What mcpenv promises of its hook, held against what was measured.

use crate::figures::Figures;
use crate::trial::Case;

/// What mcpenv's own hook started: processes, and programs.
pub struct Processes {
    /// By ten prompts.
    pub idle: (usize, usize),
    /// By ten prompts.
    pub stayed: (usize, usize),
    pub entered: (usize, usize),
    pub left: (usize, usize),
}

/// The most that the time of a case may be, as a part of another tool's.
struct Goal {
    case: Case,
    /// The shells it is for; none named: all.
    shells: &'static [&'static str],
    variables: usize,
    other: &'static str,
    most: f64,
}

const GOALS: &[Goal] = &[
    Goal { case: Case::Idle, shells: &[], variables: 20, other: "direnv", most: 1.0 / 25.0 },
    Goal { case: Case::Idle, shells: &[], variables: 20, other: "mise", most: 1.0 / 25.0 },
    Goal { case: Case::Idle, shells: &["zsh", "bash"], variables: 20, other: "floor-static", most: 0.20 },
    Goal { case: Case::Stay, shells: &[], variables: 20, other: "direnv", most: 1.0 / 25.0 },
    Goal { case: Case::Stay, shells: &[], variables: 20, other: "mise", most: 1.0 / 25.0 },
    Goal { case: Case::Stay, shells: &["zsh", "bash"], variables: 20, other: "floor-static", most: 0.20 },
    Goal { case: Case::Enter, shells: &[], variables: 20, other: "direnv", most: 1.0 / 15.0 },
    Goal { case: Case::Enter, shells: &[], variables: 20, other: "mise-age", most: 1.0 / 8.0 },
    Goal { case: Case::Enter, shells: &[], variables: 20, other: "floor-static", most: 3.0 },
    Goal { case: Case::Leave, shells: &["bash"], variables: 20, other: "direnv", most: 1.0 / 15.0 },
    Goal { case: Case::Leave, shells: &["zsh"], variables: 20, other: "direnv", most: 1.0 / 30.0 },
    Goal { case: Case::Leave, shells: &[], variables: 20, other: "floor-static", most: 0.5 },
];

/// Prints each goal that could be judged, for one shell.
pub fn report(shell: &'static str, sizes: &[usize], figures: &Figures, processes: Option<Processes>) {
    println!("\n== {shell} · goals");
    if let Some(found) = processes {
        say((found.idle, found.stayed) == ((0, 0), (0, 0)), "an idle prompt, here and in a project, starts nothing");
        say(found.entered == (1, 1), "entering starts one process and one program");
        say(found.left == (0, 0), "leaving starts nothing");
    }
    for goal in GOALS {
        let is_for = goal.shells.is_empty() || goal.shells.contains(&shell);
        let key = (shell, goal.case, goal.variables, "mcpenv");
        let Some(ratio) = figures.ratio(key, goal.other).filter(|_| is_for && sizes.contains(&goal.variables)) else { continue };
        let text = format!("{} {:.3} of {}, at most {:.3}", goal.case.name(), ratio.median, goal.other, goal.most);
        say(ratio.median <= goal.most, &text);
    }
}

fn say(is_met: bool, what: &str) {
    println!("{} {what}", if is_met { "met   " } else { "MISSED" });
}
