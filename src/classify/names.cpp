// Which names a flow shows: SNI, Host and certificate of its own, and what DNS said of its server.
#include <algorithm>
#include <array>

#include "classify/data/ech_public_names.hpp"
#include "classify/engine.hpp"
#include "classify/scene.hpp"
#include "proto/dns.hpp"
#include "proto/fbzero.hpp"
#include "proto/http.hpp"
#include "proto/tls.hpp"
#include "proto/tls_certificate.hpp"

namespace deadair::classify {
namespace {

// Lower case without the final dot, as names are compared (RFC 4343).
std::string_view canonical(std::string_view host, std::array<char, 256>& buffer) {
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  host = host.substr(0, buffer.size());
  std::transform(host.begin(), host.end(), buffer.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return {buffer.data(), host.size()};
}

// An address as SNI or Host names nobody.
bool is_name(std::string_view host) {
  IpAddress address;
  return !host.empty() && !parse_ip_address(host, address);
}

// RFC 8446 section 5.1: type, version, length. 0 for a hello that comes without a record.
std::uint16_t record_len(ByteView stream) {
  constexpr std::uint8_t kHandshake = 22;
  constexpr unsigned kHeader = 5, kMost = (1U << 14) + 256;
  const bool record = stream.u8(0) == kHandshake;
  return record ? static_cast<std::uint16_t>(std::min(stream.be16(3) + kHeader, kMost)) : 0;
}

}  // namespace

void Engine::read_names(Scene& scene, ByteView stream) {
  Dossier& dossier = dossiers_[scene.record.dossier];
  if (scene.uses_port(proto::dns::kPort)) {
    if (read_dns(scene, true, stream)) dossier.open = 0;
    return;
  }
  proto::tls::ClientHello hello;
  const ParseStatus tls = proto::tls::parse_client_hello(stream, scratch_, hello);
  if (tls == ParseStatus::parsed) {
    scene.record.believe_client(scene.from, flow::ClientBasis::protocol);
    dossier.web = true;
    dossier.hello_len = record_len(stream);
    // Without a name the server's certificate may have one.
    dossier.name_done = is_name(hello.sni);
    take_name(scene, hello.sni, NameSource::tls);
    dossier.ech = hello.ech && is_ech_public_name(dossier.host);
    return;
  }
  proto::http::Request request;
  const ParseStatus http = proto::http::parse_request(stream, request);
  if (http == ParseStatus::parsed) {
    scene.record.believe_client(scene.from, flow::ClientBasis::protocol);
    dossier.web = dossier.name_done = true;
    take_name(scene, request.host, NameSource::http);
    return;
  }
  proto::fbzero::FirstMessage zero;
  const ParseStatus facebook = proto::fbzero::parse_first(stream, zero);
  if (facebook == ParseStatus::parsed && zero.message.kind == proto::chlo::Kind::client_hello) {
    scene.record.believe_client(scene.from, flow::ClientBasis::protocol);
    dossier.web = dossier.name_done = true;
    take_name(scene, zero.message.sni, NameSource::quic);
    return;
  }
  if (proto::tls::looks_like_tls(stream) && stream.size() > 5) {
    dossier.web = true;
    if (!is_name(dossier.host)) read_certificate(scene, stream);
  }
  const bool neither = tls == ParseStatus::not_this && http == ParseStatus::not_this &&
                       facebook == ParseStatus::not_this;
  // Where nothing but the first packet tells the client, the other side may still say hello.
  const bool both_spoke = dossier.heads[0] != flow::kNone && dossier.heads[1] != flow::kNone;
  const bool client_known = scene.record.basis != 0 || both_spoke;
  if (neither && client_known && scene.direction() == Direction::up) dossier.name_done = true;
}

std::string_view Engine::app_of(const NameMatch& match) const {
  return match.rule == nullptr ? std::string_view() : classifiers_[match.classifier]->info().name;
}

Engine::SaidName Engine::name_said(const flow::FlowRecord& record) const {
  if (record.dossier == flow::kNone) return {};
  const Dossier& dossier = dossiers_[record.dossier];
  if (dossier.host.empty()) return {NameSource::none, dossier.host_frame, {}, dossier.hello_len};
  return {dossier.name_source, dossier.host_frame, app_of(rules_.match_name(dossier.host)),
          dossier.hello_len};
}

std::string_view Engine::name_asked(const IpAddress& client, const IpAddress& server,
                                    std::int64_t ts_ns) const {
  const KnownName* known = hosts_.name_of(client, server, ts_ns);
  return known == nullptr ? std::string_view() : std::string_view(known->name);
}

std::string_view Engine::operator_of(const IpAddress& client, const IpAddress& server,
                                     std::int64_t ts_ns) const {
  if (!name_asked(client, server, ts_ns).empty()) return {};
  std::string_view found;
  for (std::uint64_t left = rules_.networks_of(server); left != 0; left &= left - 1) {
    const auto& info = classifiers_[static_cast<std::size_t>(__builtin_ctzll(left))]->info();
    if (info.network_signal == nullptr) continue;
    if (!found.empty()) return {};
    found = info.name;
  }
  return found;
}

void Engine::take_name(Scene& scene, std::string_view host, NameSource source) {
  if (host.empty()) return;
  Dossier& dossier = dossiers_[scene.record.dossier];
  std::array<char, 256> buffer;
  const std::string_view name = canonical(host, buffer);
  dossier.host = name;
  dossier.host_frame = scene.packet.frame;
  dossier.name_source = source;
  const NameMatch match = rules_.match_name(name);
  if (match.rule == nullptr) return;
  hosts_.learn_use(scene.client(), match.classifier, false, scene.packet.ts_ns);
  if (match.rule->service == Service::text) open_chat(scene, match.classifier);
}

// Learns from a DNS message. One socket may ask many questions (A and AAAA at once, or a resolver's
// whole day), so messages of a flow are read as long as it lives. False when these bytes are not,
// or not yet, a message.
bool Engine::read_dns(const Scene& scene, bool over_tcp, ByteView bytes) {
  proto::dns::Message message;
  const ParseStatus status = over_tcp ? proto::dns::parse_tcp(bytes, message)
                                      : proto::dns::parse(bytes, scene.packet.payload_len, message);
  if (status == ParseStatus::not_this) return false;
  if (over_tcp && status == ParseStatus::truncated) return false;
  const flow::Side client = message.response ? flow::other(scene.from) : scene.from;
  scene.record.believe_client(client, flow::ClientBasis::protocol);
  const NameMatch match = rules_.match_name(message.name.view());
  if (match.rule != nullptr)
    hosts_.learn_use(scene.address(client), match.classifier, true, scene.packet.ts_ns);
  if (!over_tcp && calls_ != nullptr) calls_->dns(scene.packet, message, app_of(match));
  if (!message.response) return true;
  proto::dns::for_each_address(message, [&](const IpAddress& address, const auto&) {
    hosts_.learn_name(scene.address(client), address, message.name.view(), scene.packet.frame,
                      scene.packet.ts_ns);
  });
  return true;
}

// Where the client's side is missing, the server's certificate still says whose server it is.
void Engine::read_certificate(Scene& scene, ByteView stream) {
  Dossier& dossier = dossiers_[scene.record.dossier];
  proto::tls::Certificate certificate;
  if (proto::tls::parse_server_certificate(stream, scratch_, certificate) != ParseStatus::parsed)
    return;
  scene.record.believe_client(flow::other(scene.from), flow::ClientBasis::protocol);
  const auto take = [&](std::string_view name) {
    if (dossier.certified.rule != nullptr) return;
    if (name.starts_with("*.")) name.remove_prefix(2);
    std::array<char, 256> buffer;
    dossier.certified = rules_.match_name(canonical(name, buffer));
    dossier.certificate_frame = scene.packet.frame;
  };
  take(certificate.subject_name);
  proto::tls::for_each_dns_name(certificate, take);
}

void Engine::read_quic(Scene& scene) {
  Dossier& dossier = dossiers_[scene.record.dossier];
  if (dossier.hello == flow::kNone) dossier.hello = hellos_.take();
  proto::quic::HelloAssembler& assembler = hellos_[dossier.hello];
  const std::size_t held = assembler.held();
  const ParseStatus status = assembler.add(scene.packet.payload, scene.packet.payload_len);
  head_bytes_ += assembler.held() - held;
  if (status != ParseStatus::not_this) {
    scene.record.believe_client(scene.from, flow::ClientBasis::protocol);
    const proto::quic::Hello& hello = assembler.hello();
    if (!hello.sni.empty() && dossier.host.empty()) take_name(scene, hello.sni, NameSource::quic);
    dossier.ech = hello.ech && is_ech_public_name(dossier.host);
  }
  if (!assembler.done() && status != ParseStatus::parsed) return;
  drop_hello(dossier);
  dossier.name_done = true;
}

void Engine::drop_hello(Dossier& dossier) {
  if (dossier.hello == flow::kNone) return;
  head_bytes_ -= hellos_[dossier.hello].held();
  hellos_.give_back(dossier.hello);
  dossier.hello = flow::kNone;
}

}  // namespace deadair::classify
