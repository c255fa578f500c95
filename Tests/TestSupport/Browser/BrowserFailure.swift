/// Why a browser did not do what a test asked of it.
package struct BrowserFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
