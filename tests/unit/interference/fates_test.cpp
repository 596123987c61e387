// What the log of flows remembers, and how it answers.
#include "interference/fates.hpp"

#include "catch.hpp"

using namespace deadair;
using interference::FateBook;
using interference::FateLog;
using interference::FlowFate;
using interference::FlowNote;
using interference::Stretch;
using interference::subject_of;
using interference::TriggerType;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint8_t kTcp = 6;
const IpAddress kClient = IpAddress::v4(0x0a000002), kServer = IpAddress::v4(0x08080808);

FlowNote at(std::int64_t second, std::string_view name, FlowFate fate) {
  FlowNote note;
  note.client = kClient;
  note.server = kServer;
  note.client_port = static_cast<std::uint16_t>(40'000 + second);
  note.server_port = 443;
  note.proto = kTcp;
  note.begin_ns = second * kSecond;
  note.end_ns = note.begin_ns + 5 * kSecond;
  note.heard = fate == FlowFate::well;
  note.answered_ns = note.begin_ns;
  note.heard_ns = note.end_ns;
  note.fate = fate;
  note.said(TriggerType::tls_sni, name);
  return note;
}
constexpr Stretch seconds(std::int64_t from, std::int64_t to) {
  return {from * kSecond, to * kSecond};
}

FateLog log_of(std::initializer_list<FlowNote> notes) {
  FateLog log;
  for (const FlowNote& note : notes) log.add(note);
  return log;
}

}  // namespace

TEST_CASE("Flows are found by what they said, to any server") {
  FlowNote other_type = at(3, "bad.example", FlowFate::dropped);
  other_type.trigger = TriggerType::quic_sni;
  const FateLog log =
      log_of({at(1, "bad.example", FlowFate::dropped), at(2, "bad.example", FlowFate::well),
              at(5, "good.example", FlowFate::well), other_type});
  const FateBook book(log);
  CHECK(book.with_trigger(TriggerType::tls_sni, subject_of("bad.example")).size() == 2);
  CHECK(book.with_trigger(TriggerType::tls_sni, 0).empty());
}

TEST_CASE("A server is alive when anything but the flow itself heard of it") {
  const FlowNote bad = at(1, "bad.example", FlowFate::dropped);
  FlowNote same = bad;
  same.heard = true;
  same.heard_ns = 3 * kSecond;
  FlowNote other_port = same;
  other_port.client_port = 50'000;
  CHECK(FateBook(log_of({bad})).server_answered(bad, seconds(0, 60)) == 0);
  const FateLog log = log_of({bad, same, other_port});
  CHECK(FateBook(log).server_answered(bad, seconds(0, 60)) == 1);
  CHECK(FateBook(log).server_answered(bad, seconds(4, 60)) == 0);
}

TEST_CASE("A line is alive when another server is heard") {
  const FlowNote bad = at(1, "bad.example", FlowFate::dropped);
  FlowNote same_server = at(2, "good.example", FlowFate::well);
  FlowNote other_server = same_server, other_client = same_server;
  other_server.server = other_client.server = IpAddress::v4(0x09090909);
  other_client.client = IpAddress::v4(0x0a000003);
  const FateLog log = log_of({bad, same_server, other_server, other_client});
  CHECK(FateBook(log).client_answered(bad, seconds(0, 60)) == 1);
  CHECK(FateBook(log).client_answered(bad, seconds(2, 4)) == 1);
  // It goes on all the while, but was it answered then?
  CHECK(FateBook(log).client_answered(bad, seconds(3, 6)) == 0);
  CHECK(FateBook(log).client_answered(bad, seconds(8, 60)) == 0);
}

TEST_CASE("Flows come by their beginning, and the oldest are forgotten") {
  FateLog log(3);
  for (const int second : {9, 4, 7, 8, 5}) log.add(at(second, "x.example", FlowFate::well));
  const FateBook book(log);
  std::vector<std::int64_t> begins;
  for (const FlowNote* note : book.to_server(kServer)) begins.push_back(note->begin_ns / kSecond);
  CHECK(begins == std::vector<std::int64_t>{5, 7, 8});
  CHECK(book.of_client(kClient).size() == 3);
  CHECK(book.to_server(kClient).empty());
}

TEST_CASE("Names are grouped by their owner") {
  CHECK(interference::site_of("r0.watched.example") == "watched.example");
  CHECK(interference::site_of("a.b.c.watched.example") == "watched.example");
  CHECK(interference::site_of("www.bbc.co.uk") == "bbc.co.uk");
  CHECK(interference::site_of("bbc.co.uk") == "bbc.co.uk");
  CHECK(interference::site_of("co.uk") == "co.uk");
  CHECK(interference::site_of("www.vk.ru") == "vk.ru");
  CHECK(interference::site_of("www.turan.az") == "turan.az");
  CHECK(interference::site_of("localhost") == "localhost");
  CHECK(interference::site_of("192.0.2.17") == "192.0.2.17");
  CHECK(interference::site_of("") == "");
  FlowNote a = at(1, "r0.bad.example", FlowFate::dropped);
  FlowNote b = at(2, "r1.bad.example", FlowFate::dropped);
  const FateLog log = log_of({a, b, at(3, "good.example", FlowFate::well)});
  CHECK(FateBook(log).with_site(TriggerType::tls_sni, subject_of("bad.example")).size() == 2);
}
