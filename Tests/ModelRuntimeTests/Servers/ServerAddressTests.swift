import ModelRuntime
import Testing

@Suite struct ServerAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080/v1#small", "http://127.0.0.1:8080/v1#small"),
        ("http://localhost:8080/v1/#a/b:c", "http://localhost:8080/v1#a/b:c"),
        ("http://[::1]:80#m", "http://[::1]#m"),
        ("HTTPS://Api.Example.ORG/v1#gpt-x", "https://api.example.org/v1#gpt-x"),
        ("https://10.0.0.5:8443/openai/v1#m#2", "https://10.0.0.5:8443/openai/v1#m#2"),
        ("https://example.org#A-z0_9.@+~!", "https://example.org#A-z0_9.@+~!"),
        ("http://127.9.9.9#m", "http://127.9.9.9#m"), ("http://2130706433:1#m", "http://127.0.0.1:1#m"),
    ])
    func `an address is read into one form`(text: String, form: String) throws {
        #expect(ServerAddress.names(text))
        #expect(try ServerAddress(text).description == form)
    }

    @Test(arguments: [
        "http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1#", "http://127.0.0.1#a b", "http://127.0.0.1#a\nb",
        "http://example.org/v1#m", "http://10.0.0.5/v1#m", "http://localhost.example.org#m", "http://0.0.0.0#m",
        "http://user:hunter2@127.0.0.1#m", "https://user@example.org#m", "https://example.org/v1?key=hunter2#m",
        "https://exa mple.org#m", "https://#m", "http://128.0.0.1#m", "http://[::2]#m",
        "https://example.org#" + String(repeating: "m", count: 201), "https://example.org#m\u{9b}31m",
        "https://example.org#m\u{202e}x", "https://example.org#m\u{2028}x", "https://example.org#m\u{e9}",
        "https://example.org#m\u{7f}", "https://example.org#\u{1b}[31mm",
    ])
    func `other addresses are refused without repeating them`(text: String) throws {
        let error = #expect(throws: ModelError.self) { try ServerAddress(text) }
        #expect(error?.code == .badServer)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `only http and https name servers`() {
        #expect(!ServerAddress.names("default"))
        #expect(!ServerAddress.names("models/http.gguf"))
        #expect(!ServerAddress.names("scripted:http://x"))
    }
}
