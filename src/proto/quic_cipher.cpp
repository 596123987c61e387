// The three primitives that QUIC's Initial protection is made of, by OpenSSL.
#include "proto/quic_cipher.hpp"

#include <algorithm>
#include <memory>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace deadair::proto::quic {
namespace {

struct Free {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

// A context that knows its algorithm and waits for a key; null where that cannot be had.
Owned<EVP_MAC_CTX> make_hmac() {
  const Owned<EVP_MAC> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  Owned<EVP_MAC_CTX> context(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
  std::array<char, 7> digest = {"SHA256"};
  const std::array<OSSL_PARAM, 2> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  if (context && EVP_MAC_CTX_set_params(context.get(), params.data()) != 1) context.reset();
  return context;
}

enum class Way : std::uint8_t { encrypt, decrypt };

Owned<EVP_CIPHER_CTX> make_cipher(const char* name, Way way) {
  const Owned<EVP_CIPHER> cipher(EVP_CIPHER_fetch(nullptr, name, nullptr));
  Owned<EVP_CIPHER_CTX> context(cipher ? EVP_CIPHER_CTX_new() : nullptr);
  const int encrypt = way == Way::encrypt ? 1 : 0;
  if (context &&
      EVP_CipherInit_ex2(context.get(), cipher.get(), nullptr, nullptr, encrypt, nullptr) != 1) {
    context.reset();
  }
  if (context) EVP_CIPHER_CTX_set_padding(context.get(), 0);
  return context;
}

struct Contexts {
  Owned<EVP_MAC_CTX> hmac = make_hmac();
  Owned<EVP_CIPHER_CTX> ecb = make_cipher("AES-128-ECB", Way::encrypt);
  Owned<EVP_CIPHER_CTX> gcm = make_cipher("AES-128-GCM", Way::decrypt);
};

Contexts& contexts() {
  thread_local Contexts mine;
  return mine;
}

bool update(EVP_CIPHER_CTX* context, ByteView in, std::uint8_t* out) {
  int written = 0;
  return EVP_DecryptUpdate(context, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

// OpenSSL wants a tag it may write to.
bool tag_agrees(EVP_CIPHER_CTX* context, ByteView tag) {
  std::array<std::uint8_t, 16> copy{};
  if (tag.size() != copy.size()) return false;
  std::copy(tag.begin(), tag.end(), copy.begin());
  int written = 0;
  std::array<std::uint8_t, 16> rest{};
  return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(copy.size()),
                             copy.data()) == 1 &&
         EVP_DecryptFinal_ex(context, rest.data(), &written) == 1;
}

}  // namespace

bool hmac_sha256(ByteView key, ByteView message, std::array<std::uint8_t, 32>& out) {
  EVP_MAC_CTX* context = contexts().hmac.get();
  std::size_t written = 0;
  return context != nullptr && EVP_MAC_init(context, key.data(), key.size(), nullptr) == 1 &&
         EVP_MAC_update(context, message.data(), message.size()) == 1 &&
         EVP_MAC_final(context, out.data(), &written, out.size()) == 1;
}

bool aes_mask(const std::array<std::uint8_t, 16>& key, ByteView sample,
              std::array<std::uint8_t, 16>& out) {
  EVP_CIPHER_CTX* context = contexts().ecb.get();
  int written = 0;
  return context != nullptr && sample.size() == out.size() &&
         EVP_EncryptInit_ex2(context, nullptr, key.data(), nullptr, nullptr) == 1 &&
         EVP_EncryptUpdate(context, out.data(), &written, sample.data(),
                           static_cast<int>(sample.size())) == 1;
}

bool gcm_open(const std::array<std::uint8_t, 16>& key, const std::array<std::uint8_t, 12>& nonce,
              const Sealed& sealed, std::span<std::uint8_t> out) {
  EVP_CIPHER_CTX* context = contexts().gcm.get();
  if (context == nullptr || out.size() < sealed.cipher_text.size() ||
      EVP_DecryptInit_ex2(context, nullptr, key.data(), nonce.data(), nullptr) != 1 ||
      !update(context, sealed.associated, nullptr) ||
      !update(context, sealed.cipher_text, out.data())) {
    return false;
  }
  return sealed.tag.empty() || tag_agrees(context, sealed.tag);
}

}  // namespace deadair::proto::quic
