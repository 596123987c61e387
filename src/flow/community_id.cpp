// SHA-1 comes from OpenSSL; one context serves all flows.
#include "flow/community_id.hpp"

#include <cstdint>

#include <openssl/evp.h>

#include "bytes/error.hpp"

namespace deadair::flow {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint8_t* put(std::uint8_t* out, std::uint64_t value, unsigned bytes) {
  for (unsigned shift = bytes * 8; shift > 0; shift -= 8)
    *out++ = static_cast<std::uint8_t>(value >> (shift - 8));
  return out;
}

std::uint8_t* put(std::uint8_t* out, const IpAddress& address, std::uint8_t ip_version) {
  if (ip_version == 4) return put(out, address.v4(), 4);
  return put(put(out, address.high, 8), address.low, 8);
}

bool has_ports(std::uint8_t proto) {
  using namespace wire::ip_proto;
  return proto == kTcp || proto == kUdp || proto == kSctp || proto == kIcmp || proto == kIcmp6;
}

// 20 bytes give 28 characters, the last of them padding.
void encode_base64(const std::array<std::uint8_t, 21>& digest, char* out) {
  for (std::size_t i = 0; i < 21; i += 3) {
    const std::uint32_t group =
        std::uint32_t{digest[i]} << 16 | std::uint32_t{digest[i + 1]} << 8 | digest[i + 2];
    for (unsigned shift = 24; shift > 0; shift -= 6) *out++ = kBase64[group >> (shift - 6) & 63];
  }
  out[-1] = '=';
}

}  // namespace

struct CommunityId::Digest {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_MD* sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
};

CommunityId::CommunityId() : digest_(new Digest) {
  text_[0] = '1';
  text_[1] = ':';
  if (digest_->context == nullptr || digest_->sha1 == nullptr)
    throw Error("OpenSSL offers no SHA-1, which Community ID needs; check its configuration");
}

CommunityId::~CommunityId() {
  EVP_MD_CTX_free(digest_->context);
  EVP_MD_free(digest_->sha1);
  delete digest_;
}

std::string_view CommunityId::of(const FlowKey& key) {
  std::array<std::uint8_t, 40> input{};
  std::uint8_t* at = put(input.data(), 0, 2);
  at = put(at, key.a, key.ip_version);
  at = put(at, key.b, key.ip_version);
  at = put(at, key.proto, 1);
  at = put(at, 0, 1);
  if (has_ports(key.proto)) at = put(put(at, key.port_a, 2), key.port_b, 2);
  std::array<std::uint8_t, 21> digest{};
  EVP_DigestInit_ex2(digest_->context, digest_->sha1, nullptr);
  EVP_DigestUpdate(digest_->context, input.data(), static_cast<std::size_t>(at - input.data()));
  EVP_DigestFinal_ex(digest_->context, digest.data(), nullptr);
  encode_base64(digest, text_.data() + 2);
  return {text_.data(), 30};
}

}  // namespace deadair::flow
