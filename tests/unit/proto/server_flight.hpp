// A certificate made by OpenSSL 3.0, and messages of TLS servers built from their RFC's figures.
#pragma once

#include <initializer_list>
#include <string_view>

#include "unit/proto/hex.hpp"

namespace deadair::test {

// openssl req and x509: subject C=AZ, O=Example Caspian LLC, CN=www.example.net; issuer
// O=Example Trust, CN=Example Root X1; alternative names DNS:www.example.net, DNS:*.example.org,
// IP:192.0.2.1, DNS:"bad name", email:a@example.net, DNS:last.example.com.
inline Bytes certificate() {
  return hex(R"(
    30820218308201bea00302010202021234300a06082a8648ce3d040302303231163014060355040a0c0d4578616d706c
    652054727573743118301606035504030c0f4578616d706c6520526f6f74205831301e170d3236313132323030323133
    355a170d3237313132323030323133355a3045310b300906035504061302415a311c301a060355040a0c134578616d70
    6c65204361737069616e204c4c433118301606035504030c0f7777772e6578616d706c652e6e65743059301306072a86
    48ce3d020106082a8648ce3d0301070342000432287441eae5ed49a7ea1c3c89ce94ef34e836c457a289e03a99bcafc9
    10357b6cf2758dda20f25fc99fdfb715c51e7bc058de81be69661030824af2aa087f3fa381b03081ad300c0603551d13
    0101ff04023000305d0603551d110101ff04533051820f7777772e6578616d706c652e6e6574820d2a2e6578616d706c
    652e6f72678704c00002018208626164206e616d65810d61406578616d706c652e6e657482106c6173742e6578616d70
    6c652e636f6d301d0603551d0e041604148cfa40b0b70ed3c4fd56130316401ce134fd322d301f0603551d2304183016
    8014c3a964fe44217d25f6e41a164e4dd4a4bb844e5f300a06082a8648ce3d040302034800304502203fe0949a5835ac
    d7ca436d1c9cf80c8f198dae377ada68b3a43b7fbd5aa843d2022100f911e19a7375bff0ebfb826ff2459dbdd29aaf9f
    a7be58fbfca212d9ee593d91)");
}

inline Bytes record(std::string_view type, const Bytes& fragment) {
  return hex(type) + hex("0303") + counted(2, fragment);
}

inline Bytes handshake(std::string_view type, const Bytes& body) {
  return hex(type) + counted(3, body);
}

// version, random, a session id of 4 bytes, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, no compression.
inline Bytes server_hello(const Bytes& extensions, const Bytes& random = Bytes(32, 0x5a)) {
  return handshake("02",
                   hex("0303") + random + hex("04 a1a2a3a4 c02f 00") + counted(2, extensions));
}

inline Bytes certificate_message(std::initializer_list<Bytes> certificates) {
  Bytes list;
  for (const Bytes& each : certificates) list = list + counted(3, each);
  return handshake("0b", counted(3, list));
}

}  // namespace deadair::test
