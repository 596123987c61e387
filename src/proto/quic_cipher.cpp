// The three primitives that QUIC's Initial protection is made of, by OpenSSL.
#include "proto/quic_cipher.hpp"

#include <algorithm>
#include <memory>

#include <openssl/evp.h>

namespace deadair::proto::quic {
namespace {

struct Free {
  void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

// A context that knows its algorithm; null where that cannot be had.
Owned<EVP_MD_CTX> make_sha256() {
  const Owned<EVP_MD> digest(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  Owned<EVP_MD_CTX> context(digest ? EVP_MD_CTX_new() : nullptr);
  if (context && EVP_DigestInit_ex2(context.get(), digest.get(), nullptr) != 1) context.reset();
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
  Owned<EVP_MD_CTX> sha256 = make_sha256();
  Owned<EVP_CIPHER_CTX> ecb = make_cipher("AES-128-ECB", Way::encrypt);
  Owned<EVP_CIPHER_CTX> gcm = make_cipher("AES-128-GCM", Way::decrypt);
};

Contexts& contexts() {
  thread_local Contexts mine;
  return mine;
}

using Block = std::array<std::uint8_t, 64>;

bool sha256(EVP_MD_CTX* context, const Block& start, ByteView rest,
            std::array<std::uint8_t, 32>& out) {
  return EVP_DigestInit_ex2(context, nullptr, nullptr) == 1 &&
         EVP_DigestUpdate(context, start.data(), start.size()) == 1 &&
         EVP_DigestUpdate(context, rest.data(), rest.size()) == 1 &&
         EVP_DigestFinal_ex(context, out.data(), nullptr) == 1;
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
  Block inner{};
  if (key.size() > inner.size()) return false;
  std::copy(key.begin(), key.end(), inner.begin());
  Block outer = inner;
  for (std::uint8_t& byte : inner) byte ^= 0x36U;
  for (std::uint8_t& byte : outer) byte ^= 0x5cU;
  EVP_MD_CTX* context = contexts().sha256.get();
  return context != nullptr && sha256(context, inner, message, out) &&
         sha256(context, outer, ByteView(out), out);
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
