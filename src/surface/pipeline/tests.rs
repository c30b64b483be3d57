use super::super::{Document, Surface, read};
use super::*;
use crate::path::RepoPath;

fn document(pipeline: Pipeline, text: &str) -> Document {
    read(RepoPath::from("pipeline"), Some(Surface::Pipeline(pipeline)), text.as_bytes())
}

/// `key* NAME=value …`, a star where the client is started, names in order; `-` stands for no value.
fn launches(document: &Document) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for launch in &document.launches {
        let mut pairs: Vec<String> = launch
            .environment
            .iter()
            .map(|&index| {
                let assignment = &document.assignments[index];
                let value = match &assignment.value {
                    Value::Reference(Reference { name: Some(name), expanded: true, .. }) => {
                        format!("${}", name.rsplit('.').next().unwrap_or(name))
                    }
                    Value::Reference(Reference { name: None, .. }) => "$".to_owned(),
                    Value::Unset => "-".to_owned(),
                    _ => assignment.decoded.text.expose().to_owned(),
                };
                format!(" {}={value}", assignment.name)
            })
            .collect();
        pairs.sort();
        let star = if launch.command.is_some() { "*" } else { "" };
        shown.push(format!("{}{star}{}", launch.key, pairs.concat()));
    }
    shown
}

#[track_caller]
fn check(pipeline: Pipeline, text: &str, expected: &[&str]) -> Document {
    let document = document(pipeline, text);
    assert_eq!(launches(&document), expected, "{text}");
    for assignment in &document.assignments {
        let place = assignment.decoded.span();
        assert!(place.end <= text.len() && text.is_char_boundary(place.start), "{assignment:?}");
        if matches!(assignment.decoded.origin, Origin::Direct(_)) {
            assert_eq!(&text[place.range()], assignment.decoded.text.expose());
        }
        assert!(
            text[assignment.name_span.range()].eq_ignore_ascii_case(&assignment.name.replace('_', "."))
                || text[assignment.name_span.range()].eq_ignore_ascii_case(&assignment.name)
                || assignment.key.contains(".with.")
                || assignment.slot == Slot::Url,
            "{assignment:?}"
        );
    }
    document
}

fn keys(document: &Document) -> Vec<(&str, &str)> {
    document.assignments.iter().map(|a| (a.key.as_str(), a.decoded.text.expose())).collect()
}

#[test]
fn github_layers() {
    check(
        Pipeline::GitHub,
        "on: push
env: {ANTHROPIC_API_KEY: w, ANTHROPIC_MODEL: wm}
jobs:
  build:
    runs-on: ubuntu-latest
    env:
      ANTHROPIC_API_KEY: j
      CLAUDE_CODE_USE_BEDROCK: 1
    steps:
      - uses: actions/checkout@v4
      - run: claude -p hi
        env: {ANTHROPIC_API_KEY: s}
      - run: |
          export ANTHROPIC_AUTH_TOKEN=${{ secrets.TOK || 'fallback' }}
          ANTHROPIC_API_KEY= claude -p hi
          env -u ANTHROPIC_MODEL claude
          env -i claude
      - run: npm test
      - run: npm test
        env: {ANTHROPIC_AUTH_TOKEN: '${{ secrets.X }}'}
  quiet:
    runs-on: ubuntu-latest
    steps:
      - run: npm test
  own:
    runs-on: ubuntu-latest
    env: {ANTHROPIC_BASE_URL: https://x.example}
    steps:
      - run: npm test
",
        &[
            "jobs.build.steps[1]* ANTHROPIC_API_KEY=s ANTHROPIC_MODEL=wm CLAUDE_CODE_USE_BEDROCK=1",
            "jobs.build.steps[2]* ANTHROPIC_API_KEY= ANTHROPIC_AUTH_TOKEN=$TOK ANTHROPIC_MODEL=wm CLAUDE_CODE_USE_BEDROCK=1",
            "jobs.build.steps[2]* ANTHROPIC_API_KEY=j ANTHROPIC_AUTH_TOKEN=$TOK ANTHROPIC_MODEL=- CLAUDE_CODE_USE_BEDROCK=1",
            "jobs.build.steps[2]*",
            "jobs.build.steps[4] ANTHROPIC_API_KEY=j ANTHROPIC_AUTH_TOKEN=$X ANTHROPIC_MODEL=wm CLAUDE_CODE_USE_BEDROCK=1",
            "jobs.own ANTHROPIC_API_KEY=w ANTHROPIC_BASE_URL=https://x.example ANTHROPIC_MODEL=wm",
        ],
    );
    check(
        Pipeline::GitHub,
        "env: {ANTHROPIC_API_KEY: w}\njobs: {a: {steps: [{run: make}]}}\n",
        &["env ANTHROPIC_API_KEY=w"],
    );
    check(Pipeline::GitHub, "env: {FOO: w}\njobs: {a: {env: {BAR: x}, steps: [{run: make, env: {Z: 1}}]}}\n", &[]);
}

#[test]
fn github_variables_for_later_steps() {
    check(
        Pipeline::GitHub,
        "jobs:
  a:
    env: {ANTHROPIC_MODEL: j}
    steps:
      - run: |
          echo \"ANTHROPIC_API_KEY=${{ secrets.K }}\" >> \"$GITHUB_ENV\"
          echo ANTHROPIC_MODEL=opus >> $GITHUB_ENV
      - run: |
          {
            echo 'ANTHROPIC_BASE_URL=https://x.example'
          } >> $GITHUB_ENV
          echo CLAUDE_CODE_USE_VERTEX=1
      - run: |
          cat >> $GITHUB_ENV <<EOF
          CLAUDE_CODE_USE_BEDROCK=1
          EOF
      - run: claude
        env: {ANTHROPIC_MODEL: s}
      - run: claude
",
        &[
            "jobs.a.steps[3]* ANTHROPIC_API_KEY=$K ANTHROPIC_BASE_URL=https://x.example ANTHROPIC_MODEL=s CLAUDE_CODE_USE_BEDROCK=1",
            "jobs.a.steps[4]* ANTHROPIC_API_KEY=$K ANTHROPIC_BASE_URL=https://x.example ANTHROPIC_MODEL=opus CLAUDE_CODE_USE_BEDROCK=1",
        ],
    );
}

#[test]
fn github_actions_that_start_the_client() {
    let found = check(
        Pipeline::GitHub,
        "jobs:
  a:
    env: {ANTHROPIC_API_KEY: '${{ secrets.ENV }}', CLAUDE_CODE_USE_BEDROCK: 1}
    steps:
      - uses: anthropics/claude-code-action@v1
        env: {ANTHROPIC_AUTH_TOKEN: '${{ secrets.T }}'}
        with:
          anthropic_api_key: ${{ secrets.K }}
          use_vertex: \"true\"
          settings: |
            {
              \"env\": { \"ANTHROPIC_BASE_URL\": \"https://x.example\" },
              \"model\": \"opus\"
            }
          claude_args: |
            # --model haiku
            --model 'sonnet' --allowedTools Bash(git:*)
            --mcp-config '{\"mcpServers\": {\"x\": {\"env\": {\"TOKEN\": \"v\"}}}}'
      - uses: anthropics/claude-code-base-action@beta
        with:
          prompt: hi
          claude_env: |
            ANTHROPIC_MODEL: m
      - uses: Anthropics/claude-code-action/base-action@0123456789abcdef0123456789abcdef01234567
        with:
          anthropic_api_key: ''
          settings: ./s.json
          claude_args: --settings '{\"env\":{\"ANTHROPIC_MODEL\":\"z\"}}'
",
        &[
            "jobs.a.steps[0]* ANTHROPIC_API_KEY=$K ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://x.example CLAUDE_CODE_USE_VERTEX=true",
            "jobs.a.steps[1]* ANTHROPIC_API_KEY=$ENV ANTHROPIC_MODEL=m",
            "jobs.a.steps[2]* ANTHROPIC_API_KEY=$ENV ANTHROPIC_MODEL=z",
        ],
    );
    let words: Vec<&str> =
        found.launches[0].command.as_ref().unwrap().words.iter().map(|word| word.decoded.text.expose()).collect();
    assert_eq!(words[..6], ["claude", "--model", "sonnet", "--allowedTools", "Bash(git:*)", "--mcp-config"]);
    assert!(keys(&found).contains(&("jobs.a.steps[0].with.claude_args.TOKEN", "v")), "{:?}", keys(&found));
}

#[test]
fn github_shells_containers_and_actions() {
    check(
        Pipeline::GitHub,
        "jobs:
  a:
    defaults: {run: {shell: python}}
    container: {image: x, env: {ANTHROPIC_API_KEY: c, ANTHROPIC_MODEL: c}}
    services:
      proxy: {image: y, env: {ANTHROPIC_API_KEY: p}, credentials: {password: hunter2}}
    env: {ANTHROPIC_MODEL: j}
    steps:
      - run: claude
      - run: claude
        shell: bash -e {0}
  w:
    runs-on: windows-latest
    steps:
      - run: claude
      - uses: nick-fields/retry@v3
        with: {command: claude -p hi, timeout_minutes: 5}
  call:
    uses: ./.github/workflows/x.yml
    secrets: {ANTHROPIC_API_KEY: literal}
",
        &[
            "jobs.a.services.proxy ANTHROPIC_API_KEY=p",
            "jobs.a.steps[1]* ANTHROPIC_API_KEY=c ANTHROPIC_MODEL=j",
            "jobs.w.steps[0]*",
            "jobs.w.steps[1]*",
        ],
    );
    check(
        Pipeline::GitHub,
        "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: claude\n      env: {ANTHROPIC_API_KEY: '${{ inputs.key }}'}\n",
        // What the caller gives, if it does.
        &["runs.steps[0]* ANTHROPIC_API_KEY=$ANTHROPIC_API_KEY"],
    );
}

/// A comma parts the lines where a line break parts those of the script.
#[test]
fn lines_side_by_side() {
    check(Pipeline::GitLab, "one:\n  script: [export ANTHROPIC_MODEL='a,b', claude]\n", &["one* ANTHROPIC_MODEL=a\nb"]);
}

#[test]
fn gitlab() {
    check(
        Pipeline::GitLab,
        "variables:
  ANTHROPIC_BASE_URL: https://g.example
  ANTHROPIC_MODEL: {value: g, description: which}
default:
  before_script:
    - export ANTHROPIC_AUTH_TOKEN=$GW
.base:
  variables: {ANTHROPIC_MODEL: b, CLAUDE_CODE_USE_VERTEX: 1}
  script: [claude]
.setup: {script: [unset ANTHROPIC_AUTH_TOKEN]}
one:
  extends: .base
  variables: {ANTHROPIC_MODEL: o}
two:
  before_script: []
  script:
    - !reference [.setup, script]
    - !reference [.elsewhere, script]
    - claude
  after_script: [claude]
three:
  secrets: {ANTHROPIC_API_KEY: {vault: a/b@c}}
  extends: [.setup, .base]
  before_script: make
quiet: {script: [make], before_script: []}
",
        &[
            "one* ANTHROPIC_AUTH_TOKEN=$GW ANTHROPIC_BASE_URL=https://g.example ANTHROPIC_MODEL=o CLAUDE_CODE_USE_VERTEX=1",
            "two* ANTHROPIC_AUTH_TOKEN=- ANTHROPIC_BASE_URL=https://g.example ANTHROPIC_MODEL=g",
            "two* ANTHROPIC_BASE_URL=https://g.example ANTHROPIC_MODEL=g",
            "three* ANTHROPIC_API_KEY=$ ANTHROPIC_BASE_URL=https://g.example ANTHROPIC_MODEL=b CLAUDE_CODE_USE_VERTEX=1",
        ],
    );
}

#[test]
fn circleci() {
    check(
        Pipeline::CircleCi,
        "version: 2.1
executors:
  e: {docker: [{image: x, environment: {ANTHROPIC_MODEL: d}}], environment: {ANTHROPIC_API_KEY: e}}
commands:
  ask:
    parameters: {key: {type: string, default: x}}
    steps:
      - run: claude -p << parameters.key >> > out.txt
jobs:
  a:
    executor: e
    environment: {ANTHROPIC_MODEL: j}
    steps:
      - checkout
      - run: {name: n, command: claude, environment: {ANTHROPIC_API_KEY: s}}
      - ask: {key: y}
      - when: {condition: true, steps: [{run: ANTHROPIC_API_KEY=<< parameters.k >> claude}]}
  b:
    docker: [{image: x, environment: {ANTHROPIC_API_KEY: d}}, {image: y, environment: {ANTHROPIC_API_KEY: side}}]
    steps: [ask]
",
        &[
            "jobs.a.steps[1]* ANTHROPIC_API_KEY=s ANTHROPIC_MODEL=j",
            "jobs.a.commands.ask[0]* ANTHROPIC_API_KEY=e ANTHROPIC_MODEL=j",
            "jobs.a.steps[3].when.steps[0]* ANTHROPIC_API_KEY=$k ANTHROPIC_MODEL=j",
            "jobs.b.docker[1] ANTHROPIC_API_KEY=side",
            "jobs.b.commands.ask[0]* ANTHROPIC_API_KEY=d",
        ],
    );
}

#[test]
fn azure() {
    check(
        Pipeline::Azure,
        "variables:
  anthropic.model: p
  ANTHROPIC_BASE_URL: https://p.example
stages:
  - stage: s
    variables: [{name: ANTHROPIC_MODEL, value: s}, {group: g}]
    jobs:
      - job: j
        variables: {CLAUDE_CODE_USE_VERTEX: 1}
        steps:
          - script: claude
            env: {ANTHROPIC_AUTH_TOKEN: $(GATEWAY)}
          - ${{ if eq(1, 1) }}:
              - bash: claude
          - pwsh: claude
          - task: Bash@3
            inputs: {targetType: inline, script: claude}
      - deployment: d
        strategy: {runOnce: {deploy: {steps: [{script: claude}]}}}
",
        &[
            "stages[0].jobs[0].steps[0]* ANTHROPIC_AUTH_TOKEN=$GATEWAY ANTHROPIC_BASE_URL=https://p.example ANTHROPIC_MODEL=s CLAUDE_CODE_USE_VERTEX=1",
            "stages[0].jobs[0].steps[1][0]* ANTHROPIC_BASE_URL=https://p.example ANTHROPIC_MODEL=s CLAUDE_CODE_USE_VERTEX=1",
            "stages[0].jobs[0].steps[2]* ANTHROPIC_BASE_URL=https://p.example ANTHROPIC_MODEL=s CLAUDE_CODE_USE_VERTEX=1",
            "stages[0].jobs[0].steps[3]* ANTHROPIC_BASE_URL=https://p.example ANTHROPIC_MODEL=s CLAUDE_CODE_USE_VERTEX=1",
            "stages[0].jobs[1].strategy.runOnce.deploy.steps[0]* ANTHROPIC_BASE_URL=https://p.example ANTHROPIC_MODEL=s",
        ],
    );
}

#[test]
fn bitbucket() {
    check(
        Pipeline::Bitbucket,
        "definitions:
  services: {db: {image: x, variables: {ANTHROPIC_API_KEY: v}}}
pipelines:
  default:
    - step:
        script:
          - export ANTHROPIC_API_KEY=$KEY
          - claude
    - parallel:
        - step: {script: [claude]}
  custom:
    x:
      - variables: [{name: ANTHROPIC_MODEL, default: opus}]
      - step:
          script: [{pipe: a/b:1, variables: {ANTHROPIC_AUTH_TOKEN: $T}}]
          after-script: [claude]
",
        &[
            "definitions.services.db ANTHROPIC_API_KEY=v",
            "pipelines.default[0].step* ANTHROPIC_API_KEY=$KEY",
            "pipelines.default[1].parallel[0].step*",
            "pipelines.custom.x[1].step.script[0] ANTHROPIC_AUTH_TOKEN=$T",
            "pipelines.custom.x[1].step*",
        ],
    );
}

#[test]
fn buildkite() {
    check(
        Pipeline::Buildkite,
        "env: {ANTHROPIC_MODEL: p}
steps:
  - command: claude
    env: {ANTHROPIC_MODEL: s}
    plugins: [{docker#v5: {image: x, environment: [ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL=https://b.example]}}]
  - wait
  - group: g
    steps: [{commands: [export ANTHROPIC_MODEL=x, claude]}]
",
        &[
            "steps[0]* ANTHROPIC_API_KEY=$ANTHROPIC_API_KEY ANTHROPIC_BASE_URL=https://b.example ANTHROPIC_MODEL=s",
            "steps[2].steps[0]* ANTHROPIC_MODEL=x",
        ],
    );
}

#[test]
fn drone_and_woodpecker() {
    check(
        Pipeline::Drone,
        "kind: pipeline
environment: {ANTHROPIC_MODEL: p}
steps:
  - name: a
    environment: {ANTHROPIC_API_KEY: {from_secret: key}}
    commands: [claude]
  - name: b
    settings: {api_key: {from_secret: x}}
",
        &["steps[0]* ANTHROPIC_API_KEY=$key ANTHROPIC_MODEL=p"],
    );
    check(
        Pipeline::Drone,
        "steps:
  a:
    environment: [ANTHROPIC_MODEL=x]
    secrets: [anthropic_api_key, {source: k, target: anthropic_auth_token}]
    commands: claude
",
        &["steps.a* ANTHROPIC_API_KEY=$anthropic_api_key ANTHROPIC_AUTH_TOKEN=$k ANTHROPIC_MODEL=x"],
    );
}

#[test]
fn travis() {
    check(
        Pipeline::Travis,
        "env:
  global: [{secure: abc=}, ANTHROPIC_BASE_URL=https://t.example]
  jobs: ['ANTHROPIC_API_KEY=$A', 'ANTHROPIC_AUTH_TOKEN=$B ANTHROPIC_MODEL=\"x y\"']
install: export CLAUDE_CODE_USE_VERTEX=1
script: [claude]
jobs: {include: [{env: ANTHROPIC_API_KEY=z, script: claude}]}
",
        &[
            "script* ANTHROPIC_API_KEY=$A ANTHROPIC_BASE_URL=https://t.example CLAUDE_CODE_USE_VERTEX=1",
            "script* ANTHROPIC_AUTH_TOKEN=$B ANTHROPIC_BASE_URL=https://t.example ANTHROPIC_MODEL=x y CLAUDE_CODE_USE_VERTEX=1",
            "jobs.include[0]* ANTHROPIC_API_KEY=z ANTHROPIC_BASE_URL=https://t.example",
        ],
    );
}

#[test]
fn jenkins() {
    let found = check(
        Pipeline::Jenkins,
        r#"// ANTHROPIC_API_KEY = 'commented'
pipeline {
  environment {
    ANTHROPIC_BASE_URL = 'https://j.example'
    ANTHROPIC_AUTH_TOKEN = credentials('gateway')
  }
  stages {
    stage('Ask it') {
      environment { ANTHROPIC_MODEL = "${params.MODEL}" }
      steps {
        sh 'claude -p hi'
        sh """
          export ANTHROPIC_API_KEY=\$KEY
          claude
        """
        withEnv(["ANTHROPIC_MODEL=x", 'CLAUDE_CODE_USE_VERTEX=1']) {
          sh(script: 'claude', returnStdout: true)
        }
      }
    }
    stage('B') {
      steps {
        withCredentials([string(credentialsId: 'k', variable: 'ANTHROPIC_API_KEY')]) {
          sh "make"
        }
        script { env.ANTHROPIC_MODEL = 'z'; sh 'claude' }
        bat 'claude'
      }
    }
  }
}
"#,
        &[
            "stages.\"Ask it\".sh* ANTHROPIC_AUTH_TOKEN=$ ANTHROPIC_BASE_URL=https://j.example ANTHROPIC_MODEL=$MODEL",
            "stages.\"Ask it\".sh* ANTHROPIC_API_KEY=$KEY ANTHROPIC_AUTH_TOKEN=$ ANTHROPIC_BASE_URL=https://j.example ANTHROPIC_MODEL=$MODEL",
            "stages.\"Ask it\".sh* ANTHROPIC_AUTH_TOKEN=$ ANTHROPIC_BASE_URL=https://j.example ANTHROPIC_MODEL=x CLAUDE_CODE_USE_VERTEX=1",
            "stages.B ANTHROPIC_API_KEY=$ ANTHROPIC_AUTH_TOKEN=$ ANTHROPIC_BASE_URL=https://j.example",
            "stages.B.sh* ANTHROPIC_AUTH_TOKEN=$ ANTHROPIC_BASE_URL=https://j.example ANTHROPIC_MODEL=z",
            "stages.B.bat* ANTHROPIC_AUTH_TOKEN=$ ANTHROPIC_BASE_URL=https://j.example",
        ],
    );
    assert!(keys(&found).contains(&("environment.ANTHROPIC_BASE_URL", "https://j.example")));
}

#[test]
fn strings_of_groovy_end() {
    for (text, value) in [
        ("env.X_TOKEN = 'abc'", "abc"),
        ("env.X_TOKEN = 'a\\'b\n", "a'b"),
        ("env.X_TOKEN = \"\"\"a\"b\"\"\"", "a\"b"),
        ("env.X_TOKEN = 'abc", "abc"),
        ("env.X_TOKEN = 'abc\n}", "abc"),
    ] {
        assert_eq!(keys(&document(Pipeline::Jenkins, text)), [("env.X_TOKEN", value)], "{text}");
    }
}

#[test]
fn what_is_commented_out() {
    let found = document(
        Pipeline::GitHub,
        "jobs:\n  a:\n    env:\n      # ANTHROPIC_API_KEY: \"abc\" # old\n      # - X_TOKEN=def\n      # Note: this\n    steps: []\n",
    );
    let commented: Vec<_> =
        found.assignments.iter().map(|a| (a.name.as_str(), a.decoded.text.expose(), a.commented)).collect();
    assert_eq!(commented, [("ANTHROPIC_API_KEY", "abc", true), ("X_TOKEN", "def", true)]);
}

const ALL: [Pipeline; 9] = [
    Pipeline::GitHub,
    Pipeline::GitLab,
    Pipeline::CircleCi,
    Pipeline::Azure,
    Pipeline::Bitbucket,
    Pipeline::Buildkite,
    Pipeline::Jenkins,
    Pipeline::Drone,
    Pipeline::Travis,
];

/// Whatever stands there, it is read in time, and nothing panics.
#[test]
fn hostile_texts() {
    let long = |unit: &str, count: usize| unit.repeat(count);
    let texts = [
        long("a: {", 10_000),
        long("[", 10_000),
        long("{", 10_000),
        long("stage('x') {", 10_000),
        format!("a: \"{}", long("x", 5_000_000)),
        format!("sh '{}", long("x", 5_000_000)),
        format!("sh '''{}", long("x\n", 50_000)),
        format!("jobs: {{a: {{steps: [{}]}}}}", long("{run: claude, env: {ANTHROPIC_API_KEY: x}},", 5_000)),
        format!("jobs:\n  a:\n    steps:\n{}", long("      - run: echo A=1 >> $GITHUB_ENV\n", 3_000)),
        format!(
            ".b:\n  script: [claude {}]\n{}",
            long("x", 10_000),
            (0..2_000).map(|n| format!("j{n}: {{extends: .b}}\n")).collect::<String>()
        ),
        (0..2_000).map(|n| format!("j{n}: {{extends: j{}, script: claude}}\n", n + 1)).collect::<String>(),
        format!("env:\n{}", (0..4_000).map(|n| format!("  ANTHROPIC_{n}: x\n")).collect::<String>())
            + "steps:\n"
            + &long("  - {command: claude, env: {ANTHROPIC_API_KEY: x}}\n", 1_000),
        long("# A: b\n", 100_000),
    ];
    for text in &texts {
        // The longest are the same for all that read YAML.
        let pipelines = if text.len() > 1_000_000 { &[Pipeline::GitHub, Pipeline::Jenkins][..] } else { &ALL };
        for &pipeline in pipelines {
            drop(document(pipeline, text));
        }
    }
}

#[test]
fn goes_on_behind_an_error() {
    for start in ["env: {A: [}", "on: \"push\"\nenv: {A: ]}", "env: {A: [}\njobs: \"x\""] {
        let found = document(Pipeline::GitHub, &format!("{start}\njobs:\n  a: {{env: {{MY_TOKEN: abc}}}}\n"));
        assert!(found.assignments.iter().any(|assignment| assignment.key == "jobs.a.env.MY_TOKEN"), "{found:?}");
    }
}
