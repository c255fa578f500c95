import Foundation
import JSONSchemas
import Redaction
import Testing

/// The operator's own patterns.
@Suite struct ProjectPatternTests {
    private func pattern(_ name: String, _ source: String) throws -> ProjectPattern? {
        ProjectPattern(try #require(RedactionClass(pattern: name)), try StringPattern(parsing: source))
    }

    @Test func `matches are replaced by their own class, equal ones alike`() throws {
        let redactor = Redactors.make(patterns: [try #require(try pattern("CUSTOMER", "C-[0-9]{6}"))])
        let redacted = redactor.redact("C-123456, c-123456, C-123456 and C-1234567")
        let token = redactor.redact("C-123456")
        #expect(token.hasPrefix("<CUSTOMER:h:"))
        #expect(redacted == "\(token), c-123456, \(token) and \(token)7")
        #expect(redactor.added.map(\.name) == ["CUSTOMER"])
        #expect(redactor.floor.redact("C-123456") == "C-123456")
    }

    @Test func `a pattern that matches the digits of tokens does not eat them`() throws {
        let redactor = Redactors.make(requested: [.email], patterns: [try #require(try pattern("HEX", "[0-9a-f]{8,}"))])
        let once = redactor.redact("0123abcd a.user@example.org é 00ff00ff")
        #expect(redactor.redact(once) == once)
        #expect(once.contains("<EMAIL:h:"))
        #expect(once.components(separatedBy: "<HEX:h:").count == 3)
    }

    @Test func `patterns that can't be used are refused`() throws {
        #expect(try pattern("EMPTY", "a*") == nil)
        #expect(try pattern("LARGE", "(abc){500}") == nil)
        #expect(try pattern("FINE", "(abc){50}") != nil)
        #expect(RedactionClass(pattern: "EMAIL") == nil)
        #expect(RedactionClass(pattern: "lower") == nil)
        #expect(RedactionClass(pattern: "A") == nil)
        #expect(RedactionClass(pattern: "A-B") == nil)
    }
}
