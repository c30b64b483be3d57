use crate::surface::show::show;
use crate::surface::{Service, Surface};

#[track_caller]
fn check(service: Service, text: &str, expected: &[&str]) {
    assert_eq!(show(Surface::Service(service), text), expected, "{text}");
}

#[test]
fn systemd() {
    check(
        Service::Systemd,
        "[Service]\nEnvironment=OLD=x\nEnvironment=\nEnvironment=\"ANTHROPIC_BASE_URL=https://h/a b\" ANTHROPIC_AUTH_TOKEN=t\\x20u \\\n  # note\n  'C=d e' F=\n#Environment=ANTHROPIC_API_KEY=k\nPassEnvironment=ANTHROPIC_MODEL X\nUnsetEnvironment=ANTHROPIC_API_KEY\nEnvironmentFile=-/etc/x.env\nExecStartPre=/bin/sh -c 'export ANTHROPIC_API_KEY=k; claude -p ho'\nExecStart=-/usr/bin/claude -p \"do ${THIS}\"\n",
        &[
            "+Service.Environment.OLD=x",
            "+Service.Environment.ANTHROPIC_BASE_URL=https://h/a b",
            "+Service.Environment.ANTHROPIC_AUTH_TOKEN=t u",
            "+Service.Environment.C=d e",
            "+Service.Environment.F=",
            "#Service.Environment.ANTHROPIC_API_KEY=k",
            "+Service.PassEnvironment.ANTHROPIC_MODEL=$ANTHROPIC_MODEL",
            "+Service.PassEnvironment.X=$X",
            "Service.UnsetEnvironment.ANTHROPIC_API_KEY=unset",
            "+Service.ExecStartPre.ANTHROPIC_API_KEY=k",
            "Service: claude {Service.Environment.ANTHROPIC_BASE_URL Service.Environment.ANTHROPIC_AUTH_TOKEN Service.PassEnvironment.ANTHROPIC_MODEL Service.ExecStartPre.ANTHROPIC_API_KEY} </etc/x.env>",
            "Service: claude {Service.Environment.ANTHROPIC_BASE_URL Service.Environment.ANTHROPIC_AUTH_TOKEN Service.PassEnvironment.ANTHROPIC_MODEL Service.UnsetEnvironment.ANTHROPIC_API_KEY} </etc/x.env>",
        ],
    );
    check(
        Service::Systemd,
        "[Service]\nEnvironment=\"A=b\nEnvironment=ANTHROPIC_MODEL=m\nExecStart=/bin/x\n",
        &["+Service.Environment.ANTHROPIC_MODEL=m", "Service: - {Service.Environment.ANTHROPIC_MODEL}"],
    );
    check(Service::Systemd, "[Service]\nEnvironment=A=b\nExecStart=/bin/x\n", &["+Service.Environment.A=b"]);
}

#[test]
fn launchd() {
    check(
        Service::Launchd,
        "<?xml version=\"1.0\"?>\n<plist><dict>\n<key>Label</key><string>EnvironmentVariables</string>\n<key>EnvironmentVariables</key><dict>\n<key>ANTHROPIC_AUTH_TOKEN</key>\n<string>a&amp;b</string><key>A</key><string/><key>B</key><string>c</string></dict>\n<key>ProgramArguments</key>\n<array><string>/opt/claude</string><string>-p</string></array>\n</dict></plist>\n",
        &[
            "+EnvironmentVariables.ANTHROPIC_AUTH_TOKEN=a&b",
            "+EnvironmentVariables.A=",
            "+EnvironmentVariables.B=c",
            ": claude {EnvironmentVariables.ANTHROPIC_AUTH_TOKEN}",
        ],
    );
    check(
        Service::Launchd,
        "<dict><key>EnvironmentVariables</key><dict><key>A</key><string>b<key>C</key><string>d</string>",
        &["+EnvironmentVariables.A=b", "+EnvironmentVariables.C=d"],
    );
}

#[test]
fn kubernetes() {
    check(
        Service::Kubernetes,
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  ANTHROPIC_AUTH_TOKEN: dG9r\n  bin: //79\nstringData:\n  X: y\n---\napiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          envFrom:\n            - secretRef: {name: s}\n            - configMapRef: {name: other}\n          env:\n            - name: ANTHROPIC_BASE_URL\n              value: \"https://h/$(P)\"\n            - name: ANTHROPIC_API_KEY\n              valueFrom: {secretKeyRef: {name: s, key: k}}\n            - {name: ANTHROPIC_MODEL, value: '{{ .Values.m }}'}\n          command: [sh, -c]\n          args: [\"claude -p $X\"]\n        - name: idle\n          image: x\n",
        &[
            "+data.ANTHROPIC_AUTH_TOKEN=tok",
            "+stringData.X=y",
            "+spec.template.spec.containers.web.env.ANTHROPIC_BASE_URL=$P",
            "+spec.template.spec.containers.web.env.ANTHROPIC_API_KEY=$?",
            "+spec.template.spec.containers.web.env.ANTHROPIC_MODEL=$m",
            "spec.template.spec.containers.web: claude {data.ANTHROPIC_AUTH_TOKEN spec.template.spec.containers.web.env.ANTHROPIC_BASE_URL spec.template.spec.containers.web.env.ANTHROPIC_API_KEY spec.template.spec.containers.web.env.ANTHROPIC_MODEL}",
        ],
    );
    for silent in [
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec: {encryptedData: {A: AgBy}}\n",
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec: {data: [{secretKey: A}]}\n",
        "apiVersion: v1\nkind: Secret\ndata: {A: 'ENC[AES256_GCM,data:x,type:str]'}\n",
    ] {
        check(Service::Kubernetes, silent, &[]);
    }
}

#[test]
fn helm() {
    check(
        Service::Helm,
        "web:\n  env:\n    ANTHROPIC_API_KEY: k\n    LEVEL: 3\n    NONE:\n  extraEnvVars:\n    - {name: A, value: '{{ .Values.x }}'}\n  password: x\nanthropicApiKey: y\nlist: [{env: {B: c}}]\n",
        &[
            "+web.env.ANTHROPIC_API_KEY=k",
            "+web.env.LEVEL=3",
            "+web.env.NONE=",
            "+web.extraEnvVars.A=$x",
            "+anthropicApiKey=y",
            "+list[0].env.B=c",
            "web.env: - {web.env.ANTHROPIC_API_KEY}",
        ],
    );
}

#[test]
fn terraform() {
    check(
        Service::Terraform,
        "variable \"anthropic_api_key\" {\n  type = string\n  default = \"k\" # note\n}\nresource \"aws_lambda_function\" \"f\" {\n  name = \"x\"\n  environment {\n    variables = {\n      ANTHROPIC_API_KEY = var.key\n      \"ANTHROPIC_BASE_URL\" = \"https://h\"\n      B = \"${local.b}\"\n      C : jsonencode({ d = \"e\" })\n    }\n  }\n}\nlocals {\n  x = jsonencode({ environment = [{ name = \"ANTHROPIC_MODEL\", value = \"m\" }] })\n}\n",
        &[
            "variable.anthropic_api_key=k",
            "+resource.aws_lambda_function.f.environment.variables.ANTHROPIC_API_KEY=$key",
            "+resource.aws_lambda_function.f.environment.variables.ANTHROPIC_BASE_URL=https://h",
            "+resource.aws_lambda_function.f.environment.variables.B=$local.b",
            "+resource.aws_lambda_function.f.environment.variables.C=?",
            "+locals.environment.ANTHROPIC_MODEL=m",
            "resource.aws_lambda_function.f.environment: - {resource.aws_lambda_function.f.environment.variables.ANTHROPIC_API_KEY resource.aws_lambda_function.f.environment.variables.ANTHROPIC_BASE_URL}",
            "locals.environment: - {locals.environment.ANTHROPIC_MODEL}",
        ],
    );
}

#[test]
fn nix() {
    check(
        Service::Nix,
        "{ pkgs }: pkgs.mkShell {\n  ANTHROPIC_BASE_URL = \"https://h\";\n  env.ANTHROPIC_MODEL = \"${m}\";\n  name = \"x\"; OTHER = y; z = \"w\";\n  shellHook = \'\'\n    export ANTHROPIC_AUTH_TOKEN=\'\'${T} A=\"${pkgs.x}\"\n    claude\n  \'\';\n}\n",
        &[
            "+ANTHROPIC_BASE_URL=https://h",
            "+ANTHROPIC_MODEL=$m",
            "+shellHook.ANTHROPIC_AUTH_TOKEN=$T",
            "+shellHook.A=?",
            ": claude {ANTHROPIC_BASE_URL ANTHROPIC_MODEL shellHook.ANTHROPIC_AUTH_TOKEN}",
        ],
    );
}

#[test]
fn hostile_input() {
    let pieces = [
        "[",
        "{",
        "{{",
        "a: ",
        "- ",
        "\"",
        "\\",
        "<dict>",
        "<string>",
        "&",
        "a {\n",
        "''",
        "${",
        "<<E\n",
        "Environment=\"",
        "<key>EnvironmentVariables</key>",
        "(",
        "kind: Secret\napiVersion: v1\ndata: {",
    ];
    for service in
        [Service::Systemd, Service::Launchd, Service::Kubernetes, Service::Helm, Service::Terraform, Service::Nix]
    {
        for piece in pieces {
            show(Surface::Service(service), &format!("<key>EnvironmentVariables</key>{}", piece.repeat(4_000)));
            show(Surface::Service(service), &format!("kind: X\napiVersion: v1\nenv:\n  x: {}", piece.repeat(4_000)));
        }
        show(Surface::Service(service), &format!("Environment=X=\"{}", "x".repeat(200_000)));
    }
}
