//! Commands as people paste them: `tests/cases/commands`.

use serde::Deserialize;
use whichpod_core::cluster::SettingOverrides;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;
use whichpod_core::terminal::client;

#[derive(Deserialize)]
struct CommandFile {
    #[serde(default)]
    shop: String,
    cases: Vec<CommandCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandCase {
    id: String,
    /// In the place of the file's own.
    manifests: Option<String>,
    #[serde(default)]
    from: Option<String>,
    run: String,
    #[serde(default)]
    exit: i32,
    #[serde(default)]
    has: Vec<String>,
    #[serde(default)]
    errors: Vec<String>,
    /// Part of what is said before anything runs.
    refused: Option<String>,
}

#[test]
fn commands_print_what_they_print() {
    let texts = [
        include_str!("../cases/commands/posts.yaml"),
        include_str!("../cases/commands/kubectl.yaml"),
        include_str!("../cases/commands/kustomize.yaml"),
        include_str!("../cases/commands/nftables.yaml"),
        include_str!("../cases/commands/ipvs.yaml"),
        include_str!("../cases/commands/presets.yaml"),
    ];
    let mut failures: Vec<String> = Vec::new();
    for text in texts {
        let file: CommandFile = serde_yaml::from_str(text).expect("the cases");
        let read = |text: String| Simulation::new(Sources::new([("shop.yaml", text)]), &SettingOverrides::default());
        let shop = read(file.shop);
        failures.extend(file.cases.iter().filter_map(|case| match &case.manifests {
            Some(own) => failure(&read(own.clone()), case),
            None => failure(&shop, case),
        }));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn failure(simulation: &Simulation, case: &CommandCase) -> Option<String> {
    let client = client::parse(case.from.as_deref().unwrap_or("external"), "default").expect("a client");
    let run = match (simulation.run(&client, &case.run, None), &case.refused) {
        (Err(error), Some(refused)) if error.message.contains(refused) => return None,
        (Err(error), _) => return Some(format!("{}: refused: {}", case.id, error.message)),
        (Ok(run), _) => run.output,
    };
    let stdout = run.stdout.unwrap_or_default();
    let missing = case.has.iter().find(|part| !stdout.contains(*part)).map(|part| (part, &stdout));
    let missing =
        missing.or(case.errors.iter().find(|part| !run.stderr.contains(*part)).map(|part| (part, &run.stderr)));
    match missing {
        Some((part, text)) => Some(format!("{}: {part:?} is missing in {text:?}; errors {:?}", case.id, run.stderr)),
        None if run.exit != case.exit || case.refused.is_some() => {
            Some(format!("{}: exit {} for {}: {stdout:?} {:?}", case.id, run.exit, case.exit, run.stderr))
        }
        None => None,
    }
}

/// What running tools have printed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextToolFile {
    setup: String,
    cases: Vec<TextToolCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextToolCase {
    run: String,
    prints: String,
    #[serde(default)]
    exit: i32,
}

#[test]
fn text_tools_print_what_running_ones_do() {
    let file: TextToolFile =
        serde_yaml::from_str(include_str!("../cases/commands/text_tools.yaml")).expect("the cases");
    let simulation = Simulation::new(Sources::new([("none.yaml", String::new())]), &SettingOverrides::default());
    let client = client::parse("external", "default").expect("a client");
    let failures = file.cases.iter().filter_map(|case| {
        let ran = simulation.run(&client, &format!("{}{}", file.setup, case.run), None);
        let printed = ran.map(|run| (run.output.stdout.unwrap_or_default(), run.output.exit));
        let is_right = printed.as_ref().is_ok_and(|(text, exit)| *text == case.prints && *exit == case.exit);
        (!is_right).then(|| format!("{}\n  prints {printed:?}\n  real   {:?} {}", case.run, case.prints, case.exit))
    });
    let failures: Vec<String> = failures.collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
