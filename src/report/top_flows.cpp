// A bounded heap of flows, the least relevant on top so that most candidates cost one comparison.
#include "report/top_flows.hpp"

#include <algorithm>
#include <tuple>

#include "report/app_totals.hpp"

namespace deadair::report {
namespace {

bool heap_order(const OwnedFlow& a, const OwnedFlow& b) {
  return more_relevant(a.flow(), b.flow());
}

std::size_t text_size(const Flow& flow) {
  std::size_t size = flow.community_id.size() + flow.app.size() + flow.rules.size() +
                     flow.host.size() + flow.ndpi.size() + flow.tcp_state.size();
  for (const Signal& signal : flow.signals) size += signal.id.size();
  for (const Flow::Closing& closing : flow.closings) size += closing.what.size();
  return size;
}

}  // namespace

OwnedFlow::OwnedFlow(const Flow& flow)
    : flow_(flow),
      text_(text_size(flow)),
      signals_(flow.signals.begin(), flow.signals.end()),
      rtp_(flow.rtp.begin(), flow.rtp.end()),
      closings_(flow.closings.begin(), flow.closings.end()) {
  char* at = text_.data();
  for (std::string_view* text : {&flow_.community_id, &flow_.app, &flow_.rules, &flow_.host,
                                 &flow_.ndpi, &flow_.tcp_state}) {
    keep(*text, at);
  }
  for (Signal& signal : signals_) keep(signal.id, at);
  for (Flow::Closing& closing : closings_) keep(closing.what, at);
  flow_.signals = signals_;
  flow_.rtp = rtp_;
  flow_.closings = closings_;
}

void OwnedFlow::keep(std::string_view& text, char*& at) {
  char* const begin = at;
  at = std::copy(text.begin(), text.end(), at);
  text = {begin, text.size()};
}

bool more_relevant(const Flow& a, const Flow& b) {
  const auto key = [](const Flow& flow) {
    return std::make_tuple(flow.app != kUnknownApp, flow.service == Service::call,
                           flow.bytes_up + flow.bytes_down);
  };
  const auto key_a = key(a);
  const auto key_b = key(b);
  if (key_a != key_b) return key_a > key_b;
  return std::tie(a.frame_first.input, a.frame_first.number) <
         std::tie(b.frame_first.input, b.frame_first.number);
}

void TopFlows::add(const Flow& flow) {
  if (heap_.size() == limit_) {
    if (limit_ == 0 || !more_relevant(flow, heap_.front().flow())) return;
    std::pop_heap(heap_.begin(), heap_.end(), heap_order);
    heap_.pop_back();
  }
  heap_.emplace_back(flow);
  std::push_heap(heap_.begin(), heap_.end(), heap_order);
}

std::vector<const Flow*> TopFlows::ranked() const {
  std::vector<const Flow*> flows;
  flows.reserve(heap_.size());
  for (const OwnedFlow& owned : heap_) flows.push_back(&owned.flow());
  std::sort(flows.begin(), flows.end(),
            [](const Flow* a, const Flow* b) { return more_relevant(*a, *b); });
  return flows;
}

}  // namespace deadair::report
