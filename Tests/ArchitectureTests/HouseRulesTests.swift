import Testing

/// The rules themselves, on made-up files: each must be able to fail.
@Suite struct HouseRulesTests {
    private func violations(_ text: String, room: String = "Databases") -> [String] {
        HouseRules.violations(in: SourceText(room: room, name: "File.swift", text: text))
    }

    @Test(arguments: [
        (
            "Tokens", "import Foundation",
            "Tokens/File.swift:1: Tokens does no I/O and may not import Foundation"
        ),
        (
            "PolicyEngine", "public import Glibc",
            "PolicyEngine/File.swift:1: PolicyEngine does no I/O and may not import Glibc"
        ),
        ("Tokens", "import JSONSchemas", "Tokens/File.swift:1: Tokens may not import JSONSchemas"),
        (
            "Planning", "import CLlama",
            "Planning/File.swift:1: only Benchmarks and ModelRuntime may import CLlama"
        ),
        ("ToolExecution", "import CCurl", "ToolExecution/File.swift:1: only HTTPTransfer may import CCurl"),
        ("CLI", "import GRDB", "CLI/File.swift:1: only Databases and RunJournal may import GRDB"),
        (
            "CLI", "@testable import Subprocess",
            "CLI/File.swift:1: only SandboxExecution may import Subprocess"
        ),
        ("Reports", "import struct Planning.Prompt", "Reports/File.swift:1: Reports may not import Planning"),
        (
            "Reports", "@preconcurrency package import Planning",
            "Reports/File.swift:1: Reports may not import Planning"
        ),
        ("Nowhere", "", "Nowhere: the import table has no row for this room"),
    ])
    func `a forbidden import is found`(room: String, text: String, violation: String) {
        #expect(violations(text, room: room) == [violation])
    }

    @Test(arguments: [
        ("Tokens", "import Synchronization"),
        ("Databases", "internal import GRDB\nimport Foundation"),
        ("Tokens", "// import Foundation"),
        ("Tokens", "/* a\nimport Foundation\n/* b */ import Foundation */"),
        ("Tokens", "let text = \"\"\"\n    import Foundation\n    \"\"\""),
        ("Tokens", "let importFoundation = 1"),
    ])
    func `an allowed or only mentioned import is left alone`(room: String, text: String) {
        #expect(violations(text, room: room) == [])
    }

    @Test(arguments: HouseRules.needsReason)
    func `a dangerous construct needs a reason on the line above`(construct: String) {
        let line = "    let a = b \(construct) c"
        #expect(violations("import Foundation\n\(line)").count == 1)
        #expect(violations("/// Documentation is no reason.\n\(line)").count == 1)
        #expect(violations("// A reason.\n\n\(line)").count == 1)
        #expect(violations("// It cannot fail, because the text is a constant.\n\(line)") == [])
        #expect(violations("// \(construct)") == [])
        #expect(violations("let a = \"\(construct)\"") == [])
        #expect(violations("let a = #\"\"\(construct)\"#") == [])
    }

    @Test func `a word that only ends like a dangerous construct is left alone`() {
        #expect(violations("let a = alias!\nretry!") == [])
    }

    @Test func `a file may have 500 lines and no more`() {
        let line = "let a = 1\n"
        #expect(violations(String(repeating: line, count: 500)) == [])
        #expect(
            violations(String(repeating: line, count: 501)) == [
                "Databases/File.swift: 501 lines, more than 500"
            ])
    }

    @Test func `line numbers survive comments and strings`() {
        let text =
            "/* a\n\n*/\nlet a = \"\"\"\n  b \\\n  c\n  \"\"\"\n// d\nlet e = \"x\\\"y\"\nimport CLlama\n"
        #expect(violations(text).first?.hasPrefix("Databases/File.swift:10:") == true)
    }
}
