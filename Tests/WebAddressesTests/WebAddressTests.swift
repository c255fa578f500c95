import Testing
import WebAddresses

@Suite struct WebAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("0177.0.0.1", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("2130706433", "127.0.0.1"),
        ("017700000001", "127.0.0.1"), ("127.1", "127.0.0.1"), ("0xA9FEA9FE", "169.254.169.254"),
        ("[::ffff:127.0.0.1]", "127.0.0.1"), ("[::ffff:7f00:1]", "127.0.0.1"), ("[::1]", "[::1]"),
        ("[2001:DB8:0:0:0:0:0:1]", "[2001:db8::1]"), ("EXAMPLE.org", "example.org"),
        ("xn--e1afmkfd.example", "xn--e1afmkfd.example"),
    ])
    func `a host has one form, however it is spelled`(text: String, form: String) throws {
        #expect(try WebHost(text).description == form)
    }

    @Test(arguments: [
        "", "ex\u{430}mple.org", "example.org.", "a..b", "1.2.3.4.5", "256.1.1.1", "1.2.3.08", "0x1ffffffff", "-a.org",
        "a%2eb", "[::1", "[1.2.3.4]", "[fe80::1%25eth0]", "a b", "a@b", "example.123",
    ])
    func `what two programs could read in two ways is no host`(text: String) {
        #expect(throws: WebAddressError.self) { try WebHost(text) }
    }

    @Test(arguments: [
        "http://user@example.org/", "http://example.org@evil.example/", "http://a:b@example.org/",
        "http://example.org\\@evil.example/", "http:example.org", "//example.org/", "ftp://example.org/",
        "http://example.org:0/", "http://example.org:65536/", "http://example.org:/", "http://example.org:8o/",
        "http://ex ample.org/", "http://example.org/\r\nX: y", "http:///a", "http://\u{FF45}xample.org/",
    ])
    func `a URL that isn't plain is refused`(url: String) throws {
        _ = try WebAddress("http://example.org/")
        #expect(throws: WebAddressError.self) { try WebAddress(url) }
    }

    @Test func `an entry of a list stands for one host and one port`() throws {
        let entry = try HostEntry("example.org")
        for (url, isAllowed) in [
            ("https://example.org/a", true), ("http://EXAMPLE.org:80/", true), ("https://example.org:8443/", false),
            ("http://a.example.org/", false), ("http://example.org.evil.example/", false),
        ] {
            #expect(entry.allows(try WebAddress(url)) == isAllowed, "\(url)")
        }
        #expect(try HostEntry("example.org:8443").allows(try WebAddress("https://example.org:8443/")))
        #expect(try HostEntry("127.0.0.1:80").allows(try WebAddress("http://0x7f000001/")))
    }

    @Test(arguments: [
        "127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "198.18.0.1", "::", "::1", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1", "2002:7f00:1::", "2001:db8::1", "::7f00:1", "2001::1", "fd00:ec2::254",
    ])
    func `what isn't public is known`(text: String) throws {
        #expect(try #require(IPAddress(text)).specialUse != nil)
    }

    @Test(arguments: ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::"])
    func `what is public is known`(text: String) throws {
        #expect(try #require(IPAddress(text)).specialUse == nil)
    }

    @Test func `a range holds what begins like it`() throws {
        let range = try #require(AddressRange("10.1.0.0/16"))
        #expect(range.contains(try #require(IPAddress("10.1.255.1"))))
        #expect(range.contains(try #require(IPAddress("::ffff:10.1.0.1"))))
        #expect(!range.contains(try #require(IPAddress("10.2.0.1"))))
        for text in ["10.1.0.1/16", "10.0.0.0/33", "10.0.0.0/", "a/8", "10.0.0.0/8/8"] {
            #expect(AddressRange(text) == nil, "\(text)")
        }
    }
}
