#!/usr/bin/env python3
"""An editor without a screen: pygls' client (https://pypi.org/project/pygls) talks to `keylint lsp`.

Usage:  client.py KEYLINT ENCODING push|pull < steps.jsonl

Standard input has a JSON array: the folders, and then one step after the other. Standard output gets a JSON array with what
the editor knows after each step: the findings of every open document, with the text that each covers by the library's own
reckoning, and the answer to what was asked. lsprotocol checks the form of every message.
"""
import asyncio
import json
import sys

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.workspace import PositionCodec, TextDocument

ENCODINGS = {"utf-8": types.PositionEncodingKind.Utf8, "utf-16": types.PositionEncodingKind.Utf16,
             "utf-32": types.PositionEncodingKind.Utf32}


class Editor:
    def __init__(self, encoding, pulls):
        self.client = LanguageClient("editor", "1")
        self.encoding, self.pulls = encoding, pulls
        self.documents, self.findings, self.registered, self.refreshed, self.logged = {}, {}, [], 0, []
        client = self.client

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params):
            self.findings[params.uri] = params.diagnostics

        @client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def _(params):
            self.registered += [registration.method for registration in params.registrations]

        @client.feature(types.WORKSPACE_DIAGNOSTIC_REFRESH)
        def _(_params=None):
            self.refreshed += 1

        @client.feature(types.WINDOW_LOG_MESSAGE)
        def _(params):
            self.logged.append(params.message)

    def capabilities(self):
        text = types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=True))
        workspace = types.WorkspaceClientCapabilities(
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
            workspace_edit=types.WorkspaceEditClientCapabilities(
                document_changes=True, resource_operations=[types.ResourceOperationKind.Create]))
        if self.pulls:
            text.diagnostic = types.DiagnosticClientCapabilities()
            workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
        general = types.GeneralClientCapabilities(position_encodings=[ENCODINGS[self.encoding]])
        return types.ClientCapabilities(text_document=text, workspace=workspace, general=general)

    async def start(self, keylint, folders):
        await self.client.start_io(keylint, "lsp", "--stdio")
        folders = [types.WorkspaceFolder(uri=uri, name=uri) for uri in folders]
        result = await self.client.initialize_async(
            types.InitializeParams(capabilities=self.capabilities(), workspace_folders=folders))
        self.client.initialized(types.InitializedParams())
        return result

    def document(self, uri, text, version):
        return TextDocument(uri, text, version, position_codec=PositionCodec(ENCODINGS[self.encoding]))

    async def settle(self):
        """Two questions: what belongs to the first is said before the second is answered."""
        for _ in range(2):
            try:
                await self.client.text_document_hover_async(types.HoverParams(
                    text_document=types.TextDocumentIdentifier(uri="nowhere:"), position=types.Position(0, 0)))
            except Exception:
                pass  # there is no such document

    def covered(self, document, found):
        """The text of a range."""
        start = document.offset_at_position(found.start)
        return document.source[start:document.offset_at_position(found.end)]

    def shown(self, uri):
        document = self.documents[uri]
        return [{"rule": found.code, "severity": int(found.severity), "message": found.message, "source": found.source,
                 "line": found.range.start.line, "character": found.range.start.character,
                 "text": self.covered(document, found.range),
                 "related": [[one.location.uri, one.location.range.start.line, one.message]
                             for one in found.related_information or []]}
                for found in self.findings.get(uri, [])]

    def applied(self, edit):
        """The files that an edit would leave."""
        files = {}
        for change in edit.document_changes:
            if isinstance(change, types.CreateFile):
                files[change.uri] = ""
                continue
            uri = change.text_document.uri
            if uri in self.documents:
                document = self.document(uri, self.documents[uri].source, 0)
            else:
                document = self.document(uri, files.get(uri), 0)
            for one in change.edits:
                document.apply_change(types.TextDocumentContentChangePartial(range=one.range, text=one.new_text))
            files[uri] = document.source
        return files

    async def step(self, step):
        kind, uri = step["do"], step.get("uri", "nowhere:")
        identifier = types.TextDocumentIdentifier(uri=uri)
        if kind == "open":
            self.documents[uri] = self.document(uri, step["text"], 1)
            self.client.text_document_did_open(types.DidOpenTextDocumentParams(
                text_document=types.TextDocumentItem(uri=uri, language_id="x", version=1, text=step["text"])))
        elif kind == "change":
            document = self.documents[uri]
            document.version += 1
            if "old" in step:
                # By the library's reckoning of columns.
                before = document.source[:document.source.index(step["old"])]
                scratch = self.document(uri, document.source, 0)
                start = position(scratch, len(before))
                end = position(scratch, len(before) + len(step["old"]))
                change = types.TextDocumentContentChangePartial(range=types.Range(start, end), text=step["new"])
            else:
                change = types.TextDocumentContentChangeWholeDocument(text=step["new"])
            document.apply_change(change)
            self.client.text_document_did_change(types.DidChangeTextDocumentParams(
                text_document=types.VersionedTextDocumentIdentifier(uri=uri, version=document.version),
                content_changes=[change]))
        elif kind == "save":
            self.client.text_document_did_save(types.DidSaveTextDocumentParams(text_document=identifier))
        elif kind == "close":
            del self.documents[uri]
            self.client.text_document_did_close(types.DidCloseTextDocumentParams(text_document=identifier))
        elif kind == "write":
            with open(step["path"], "w", encoding="utf-8", newline="") as file:
                file.write(step["text"])
            self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(
                changes=[types.FileEvent(uri=uri, type=types.FileChangeType.Changed)]))
        elif kind == "folders":
            event = types.WorkspaceFoldersChangeEvent(
                added=[types.WorkspaceFolder(uri=one, name="x") for one in step["added"]],
                removed=[types.WorkspaceFolder(uri=one, name="x") for one in step["removed"]])
            self.client.workspace_did_change_workspace_folders(
                types.DidChangeWorkspaceFoldersParams(event=event))
        answer = None
        await self.settle()
        if self.pulls:
            for open_uri in self.documents:
                report = await self.client.text_document_diagnostic_async(
                    types.DocumentDiagnosticParams(text_document=types.TextDocumentIdentifier(uri=open_uri)))
                self.findings[open_uri] = report.items
        if kind == "hover":
            hover = await self.client.text_document_hover_async(types.HoverParams(
                text_document=identifier, position=types.Position(step["line"], step["character"])))
            answer = hover and [hover.contents.value, self.covered(self.documents[uri], hover.range)]
        elif kind == "actions":
            place = types.Position(step["line"], step["character"])
            actions = await self.client.text_document_code_action_async(types.CodeActionParams(
                text_document=identifier, range=types.Range(place, place),
                context=types.CodeActionContext(diagnostics=[])))
            answer = [[action.title, action.diagnostics[0].code, self.applied(action.edit)] for action in actions]
        return {"findings": {uri: self.shown(uri) for uri in self.documents}, "answer": answer,
                "said": sorted(self.findings), "refreshed": self.refreshed, "logged": self.logged}


def position(document, at):
    """The position of a code point, in the client's units."""
    text = document.source[:at]
    lines = text.splitlines(True)
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    place = types.Position(len(lines) - 1, len(lines[-1]))
    return document.position_codec.position_to_client_units(document.lines, place)


async def main():
    keylint, encoding, mode = sys.argv[1:]
    folders, *steps = json.load(sys.stdin)
    editor = Editor(encoding, mode == "pull")
    result = await editor.start(keylint, folders)
    log = [{"encoding": result.capabilities.position_encoding, "server": result.server_info.name,
            "pull": result.capabilities.diagnostic_provider is not None}]
    for step in steps:
        log.append(await editor.step(step))
    log[0]["registered"] = editor.registered
    await editor.client.shutdown_async(None)
    editor.client.exit(None)
    server = editor.client._server
    log.append({"exit": await asyncio.wait_for(server.wait(), 20)})
    print(json.dumps(log, ensure_ascii=False))


asyncio.run(asyncio.wait_for(main(), 120))
