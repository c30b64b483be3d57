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
        "[Service]\nEnvironment=OLD=x\nEnvironment=\nEnvironment=\"ANTHROPIC_BASE_URL=https://h/a b\" ANTHROPIC_AUTH_TOKEN=t\\x20u \\\n  # note\n  'C=d e' F=\n#Environment=ANTHROPIC_API_KEY=k\nPassEnvironment=ANTHROPIC_MODEL X\nUnsetEnvironment=ANTHROPIC_API_KEY\nEnvironmentFile=-/etc/x.env\nExecStartPre=/bin/sh -c 'export ANTHROPIC_API_KEY=k; claude doctor'\nExecStart=-/usr/bin/claude -p \"do ${THIS}\"\n",
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
            "Service: claude {Service.PassEnvironment.ANTHROPIC_MODEL Service.Environment.ANTHROPIC_BASE_URL Service.Environment.ANTHROPIC_AUTH_TOKEN Service.ExecStartPre.ANTHROPIC_API_KEY} </etc/x.env>",
            "Service: claude {Service.PassEnvironment.ANTHROPIC_MODEL Service.Environment.ANTHROPIC_BASE_URL Service.Environment.ANTHROPIC_AUTH_TOKEN Service.UnsetEnvironment.ANTHROPIC_API_KEY} </etc/x.env>",
        ],
    );
    check(Service::Systemd, "[Service]\nEnvironment=\"A=b\nEnvironment=ANTHROPIC_MODEL=m\nExecStart=/bin/x\n", &[
        "+Service.Environment.ANTHROPIC_MODEL=m",
        "Service: - {Service.Environment.ANTHROPIC_MODEL}",
    ]);
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
    check(Service::Launchd, "<dict><key>EnvironmentVariables</key><dict><key>A</key><string>b<key>C</key><string>d</string>", &[
        "+EnvironmentVariables.A=b",
        "+EnvironmentVariables.C=d",
    ]);
}

#[test]
fn hostile_input() {
    let pieces = ["[", "{", "{{", "a: ", "- ", "\"", "\\", "<dict>", "<string>", "&", "a {\n", "''", "${", "<<E\n", "Environment=\"", "<key>EnvironmentVariables</key>", "(", "kind: Secret\napiVersion: v1\ndata: {"];
    for service in [Service::Systemd, Service::Launchd, Service::Kubernetes, Service::Helm, Service::Terraform, Service::Nix] {
        for piece in pieces {
            show(Surface::Service(service), &format!("<key>EnvironmentVariables</key>{}", piece.repeat(10_000)));
            show(Surface::Service(service), &format!("kind: X\napiVersion: v1\nenv:\n  x: {}", piece.repeat(10_000)));
        }
        show(Surface::Service(service), &format!("Environment=X=\"{}", "x".repeat(5_000_000)));
    }
}
