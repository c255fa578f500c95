import Foundation
import JSONSchemas

/// The rules of axe-core (Deque Systems, Mozilla Public License 2.0), which look for what keeps people from using a page.
///
/// `Scripts/test setup` fetches them; nothing of them is part of this repository.
package enum AccessibilityRules {
    private static var file: String {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/") + "/.cache"
        return cache + "/warrant/axe/0.1.0/axe_core_python/axe.min.js"
    }

    /// What a page breaks, one sentence each: the rule, what it is about, and where.
    package static func violations(on page: BrowserPage) async throws -> [String] {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw BrowserFailure("axe-core is not installed in \(file): run `Scripts/test setup`.")
        }
        try await page.evaluate(String(decoding: bytes, as: UTF8.self) + "\n;0")
        let found = try await page.evaluate(
            """
            axe.run(document, { resultTypes: ['violations'] }).then(result => [
              result.violations.flatMap(rule => rule.nodes.map(node =>
                `${rule.id} (${rule.help}) at ${node.target.join(' ')}: ${node.failureSummary.replace(/\\s+/g, ' ')}`)),
              result.passes.length])
            """)
        guard (found[1]?.intValue ?? 0) > 5 else { throw BrowserFailure("axe-core looked at nothing: \(found).") }
        return found[0]?.arrayValue?.compactMap(\.stringValue) ?? []
    }
}
