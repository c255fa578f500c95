package import JSONSchemas

/// Something that happened in a browser, as the DevTools protocol tells it.
package struct BrowserEvent: Sendable {
    /// Such as `Page.loadEventFired`.
    package let method: String
    /// The page it happened in.
    package let session: String?
    /// What is known of it.
    package let parameters: JSONValue
}
