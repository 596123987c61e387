// Makes protected QUIC Initial packets for tests, with OpenSSL's HKDF and AES-GCM.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "unit/proto/hex.hpp"

namespace deadair::test::quic_seal {

inline const Bytes kSaltV1 = hex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
inline const Bytes kSaltDraft22 = hex("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a");
inline const Bytes kSaltDraft23 = hex("c3eef712c72ebb5a11a7d2432bb46365bef9f502");
inline const Bytes kSaltDraft29 = hex("afbfec289993d24c9e9786f19c6111e04390a899");
inline const Bytes kSaltQ050 = hex("504574efd066fe2f9d945cfcdbd3a7f0d3b56b45");

inline void need(int result) {
  if (result != 1) throw std::runtime_error("OpenSSL refused");
}

// HKDF-Extract when `salt` is given, else HKDF-Expand (RFC 5869).
inline Bytes hkdf(int mode, Bytes key, Bytes salt, Bytes info, std::size_t size) {
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  const std::unique_ptr<EVP_KDF_CTX, void (*)(EVP_KDF_CTX*)> context(EVP_KDF_CTX_new(kdf),
                                                                     &EVP_KDF_CTX_free);
  EVP_KDF_free(kdf);
  std::string digest = "SHA256";
  std::vector<OSSL_PARAM> params = {
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0)};
  const auto give = [&](const char* name, Bytes& bytes) {
    if (bytes.empty()) return;
    params.push_back(OSSL_PARAM_construct_octet_string(name, bytes.data(), bytes.size()));
  };
  give(OSSL_KDF_PARAM_KEY, key);
  give(OSSL_KDF_PARAM_SALT, salt);
  give(OSSL_KDF_PARAM_INFO, info);
  params.push_back(OSSL_PARAM_construct_end());
  Bytes out(size);
  need(EVP_KDF_derive(context.get(), out.data(), out.size(), params.data()));
  return out;
}

inline Bytes expand(const Bytes& secret, const std::string& label, std::size_t size) {
  const Bytes info =
      Bytes{0, static_cast<std::uint8_t>(size)} + counted(1, ascii("tls13 " + label)) + Bytes{0};
  return hkdf(EVP_KDF_HKDF_MODE_EXPAND_ONLY, secret, {}, info, size);
}

struct Cipher {
  explicit Cipher(const EVP_CIPHER* kind, const Bytes& key, const Bytes& nonce = {})
      : context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free) {
    need(EVP_EncryptInit_ex(context.get(), kind, nullptr, key.data(),
                            nonce.empty() ? nullptr : nonce.data()));
  }
  Bytes update(const Bytes& in) {
    Bytes out(in.size() + 16);
    int size = 0;
    need(EVP_EncryptUpdate(context.get(), out.data(), &size, in.data(),
                           static_cast<int>(in.size())));
    return cut(out, static_cast<std::size_t>(size));
  }
  std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context;
};

// What one side seals with, made from the id by which the client first called the server.
struct Sealer {
  std::string version = "00000001";
  Bytes salt = kSaltV1;
  Bytes id = hex("8394c8f03e515708");
  std::string side = "client in";

  // A packet from `number`, one byte on the wire, with these frames. The ids on the wire may differ
  // from `id`.
  [[nodiscard]] Bytes seal(std::uint8_t number, const Bytes& frames, const Bytes& to,
                           const Bytes& from = {}, const Bytes& token = {}) const {
    const Bytes initial = hkdf(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, id, salt, {}, 32);
    const Bytes secret = expand(initial, side, 32);
    const Bytes key = expand(secret, "quic key", 16);
    Bytes nonce = expand(secret, "quic iv", 12);
    nonce[11] = static_cast<std::uint8_t>(nonce[11] ^ number);

    Bytes header = hex("c0") + hex(version) + counted(1, to) + counted(1, from) +
                   counted(1, token) + length(1 + frames.size() + 16) + Bytes{number};
    Cipher gcm(EVP_aes_128_gcm(), key, nonce);
    int ignored = 0;
    need(EVP_EncryptUpdate(gcm.context.get(), nullptr, &ignored, header.data(),
                           static_cast<int>(header.size())));
    Bytes sealed = gcm.update(frames);
    Bytes tag(16);
    need(EVP_EncryptFinal_ex(gcm.context.get(), tag.data(), &ignored));
    need(EVP_CIPHER_CTX_ctrl(gcm.context.get(), EVP_CTRL_AEAD_GET_TAG, 16, tag.data()));
    sealed = sealed + tag;

    const Bytes sample(sealed.begin() + 3, sealed.begin() + 19);
    const Bytes mask = Cipher(EVP_aes_128_ecb(), expand(secret, "quic hp", 16)).update(sample);
    header.front() = static_cast<std::uint8_t>(header.front() ^ (mask[0] & 0x0fU));
    header.back() = static_cast<std::uint8_t>(header.back() ^ mask[1]);
    return header + sealed;
  }

  [[nodiscard]] Bytes seal(std::uint8_t number, const Bytes& frames) const {
    return seal(number, frames, id);
  }

  // Two bytes of a variable-length integer.
  static Bytes length(std::size_t value) {
    return {static_cast<std::uint8_t>(0x40 | value >> 8), static_cast<std::uint8_t>(value)};
  }
};

// A CRYPTO frame with the `size` bytes of `message` from `offset` on.
inline Bytes crypto(const Bytes& message, std::size_t offset, std::size_t size) {
  const auto begin = message.begin() + static_cast<std::ptrdiff_t>(offset);
  return hex("06") + Sealer::length(offset) + Sealer::length(size) +
         Bytes(begin, begin + static_cast<std::ptrdiff_t>(size));
}

}  // namespace deadair::test::quic_seal
