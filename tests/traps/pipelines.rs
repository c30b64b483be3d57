//! What people write and what is no finding, by the number of the trap.

use super::silent;

fn workflow(steps: &str) -> String {
    format!("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n{steps}")
}

/// 4: scanners and redactors in steps.
#[test]
fn trap_04_scanners() {
    silent(&[(
        ".github/workflows/scan.yml",
        &workflow(
            "      - run: |
          grep -rE 'sk-ant-api[a-zA-Z0-9_-]{20,}' . && exit 1
          sed -i 's/TOKEN=\"[^\"]*\"/TOKEN=\"***\"/' log.txt
          git grep -nE '(ghp|gho)_[A-Za-z0-9]{36}' || true
      - uses: gitleaks/gitleaks-action@v2
        with: {args: --regex sk-ant-[a-z0-9]+}
",
        ),
    )]);
}

/// 6: a credential that a program reads from its input is not printed.
#[test]
fn trap_06_password_from_input() {
    silent(&[(
        ".github/workflows/login.yml",
        &workflow(
            "      - run: echo \"${{ secrets.GITHUB_TOKEN }}\" | docker login ghcr.io -u me --password-stdin
      - run: echo \"$GH\" | gh auth login --with-token
        env: {GH: '${{ github.token }}'}
",
        ),
    )]);
}

/// 8: references, not values.
#[test]
fn trap_08_references() {
    silent(&[
        (
            ".github/workflows/ci.yml",
            &workflow(
                "      - run: claude -p hi
        env:
          ANTHROPIC_API_KEY: ${{ secrets.ANTHROPIC_API_KEY }}
          GITHUB_TOKEN: '${{ github.token }}'
          DB_PASSWORD: \"${{ inputs.password }}\"
      - run: ANTHROPIC_API_KEY=${{ secrets.A || secrets.B }} claude -p hi
      - uses: anthropics/claude-code-action@v1
        with: {claude_code_oauth_token: '${{ secrets.CLAUDE_CODE_OAUTH_TOKEN }}', github_token: '${{ secrets.T }}'}
",
            ),
        ),
        (".gitlab-ci.yml", "a:\n  variables: {ANTHROPIC_API_KEY: $KEY, T_TOKEN: '${T}'}\n  script: [claude]\n"),
        (
            ".circleci/config.yml",
            "jobs:\n  a:\n    environment: {MY_TOKEN: << parameters.token >>}\n    steps: [run: claude]\n",
        ),
        (
            "azure-pipelines.yml",
            "variables: {MY_TOKEN: $(SECRET), B_TOKEN: '$[ variables.x ]'}\nsteps: [{script: claude}]\n",
        ),
        (".drone.yml", "steps: [{name: a, environment: {MY_TOKEN: {from_secret: t}}, commands: [claude]}]\n"),
        (".travis.yml", "env: {global: [{secure: \"@@base62-key@@=\"}]}\nscript: claude\n"),
        ("Jenkinsfile", "pipeline { environment { MY_TOKEN = credentials('x') \n B_TOKEN = \"${env.B}\" } }\n"),
    ]);
}

/// 11: long random strings that are no secrets.
#[test]
fn trap_11_digests() {
    silent(&[(
        ".github/workflows/pins.yml",
        &workflow(
            "      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5
      - uses: docker://alpine@sha256:1e42bbe2508154c9126d48c2b8a75420c3544343bf86fd041fb7527e017a4b4a
      - run: uvx --from git+https://github.com/a/b@08c6903cd8c0fde910a37f88322edcfb5dd907a8 tool
      - uses: actions/cache@v4
        with: {path: x, key: linux-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}
",
        ),
    )]);
}
