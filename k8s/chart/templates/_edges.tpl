{{/*
Every edge there is between two parts, or between one and something that is not bundled; nothing else gets through.
`to` is a component with its `port`; `outside` is a key of networkPolicies.external with the ports that its URL tells. docs/architecture.md draws them.
*/}}
{{- define "outerpark.edges" -}}
{{- $v := .Values }}
{{- $services := splitList " " (include "outerpark.services" .) }}
{{- $stored := splitList " " (include "outerpark.stored" .) }}
{{- $withKafka := concat (without $services "gateway") (list "topics" "audit") }}
{{- $withDatabase := concat $stored (list "migrations" "audit") }}
# One call each to the service that owns the route, and the probes that find who is ready.
{{- range without $services "gateway" }}
- { from: [gateway], to: {{ . }}, port: {{ include "outerpark.port" . }} }
{{- end }}
# The one synchronous call between services: the hold.
- { from: [reservation], to: musical, port: 8081 }
{{- if $v.trials.postgres.enabled }}
- { from: {{ toJson $withDatabase }}, to: postgres, port: 5432 }
{{- else }}
- { from: {{ toJson $withDatabase }}, outside: database, ports: {{ include "outerpark.portsOf" (values $v.database.urls | default (list "postgres://any")) }} }
{{- end }}
{{- if $v.trials.kafka.enabled }}
- { from: {{ toJson $withKafka }}, to: kafka, port: 9092 }
{{- else }}
- { from: {{ toJson $withKafka }}, outside: kafka, ports: {{ regexFindAll ":[0-9]+" $v.kafka.brokers -1 | join "" | trimPrefix ":" | splitList ":" | uniq | join "," | printf "[%s]" }} }
{{- end }}
# The keys by which tokens are verified; the gateway also signs people in.
{{- if $v.trials.issuer.enabled }}
- { from: {{ append $services "test" | toJson }}, to: issuer, port: 8091 }
{{- else }}
- { from: {{ toJson $services }}, outside: oidc, ports: {{ include "outerpark.portsOf" (list $v.oidc.issuer ($v.oidc.discoveryUrl | default $v.oidc.issuer)) }} }
{{- end }}
{{- if $v.trials.simulator.enabled }}
- { from: [payment, audit], to: simulator, port: 8090 }
- { from: [simulator], to: gateway, port: 8080 }
{{- else }}
- { from: [payment, audit], outside: provider, ports: {{ include "outerpark.portsOf" (list $v.provider.url) }} }
{{- end }}
{{- if $v.trials.mail.enabled }}
- { from: [notification], to: mail, port: 8093 }
- { from: [notification], to: mail, port: 8092 }
{{- else }}
- { from: [notification], outside: mail, ports: {{ ternary (include "outerpark.portsOf" (list $v.mail.url)) "[25, 465, 587]" (ne $v.mail.url "") }} }
{{- end }}
{{- with $v.chat.url }}
- { from: [notification], outside: chat, ports: {{ include "outerpark.portsOf" (list .) }} }
{{- end }}
{{- with $v.tracing.endpoint }}
- { from: {{ toJson $services }}, outside: tracing, ports: {{ include "outerpark.portsOf" (list .) }} }
{{- end }}
- { from: [test], to: gateway, port: 8080 }
{{- end }}

{{/* (list $ "payment"): what its pods may call, as egress rules. */}}
{{- define "outerpark.egress" -}}
{{- $root := index . 0 }}
{{- $component := index . 1 }}
{{- range include "outerpark.edges" $root | fromYamlArray }}
{{- if has $component .from }}
{{- if .to }}
- to: [{{ include "outerpark.peer" (list $root .to) }}]
  ports: [{ protocol: TCP, port: {{ .port }} }]
{{- else }}
{{- $external := get $root.Values.networkPolicies.external .outside }}
- ports:
    {{- range $external.ports | default .ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
  {{- with $external.to }}
  to: {{ toJson . }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* (list $ "payment"): the pods of a component of this release, with those of its Kafka side. */}}
{{- define "outerpark.peer" -}}
{ podSelector: {{ include "outerpark.podsOf" . }} }
{{- end }}
{{- define "outerpark.podsOf" -}}
{{- $root := index . 0 }}
{{- $component := index . 1 }}
{{- $labels := dict "app.kubernetes.io/name" "outerpark" "app.kubernetes.io/instance" $root.Release.Name }}
{{- if dig "kafkaSide" "separate" false (get $root.Values $component | default dict) }}
{{- dict "matchLabels" $labels "matchExpressions" (list (dict "key" "app.kubernetes.io/component" "operator" "In" "values" (list $component (printf "%s-kafkaside" $component)))) | toJson }}
{{- else }}
{{- dict "matchLabels" (set $labels "app.kubernetes.io/component" $component) | toJson }}
{{- end }}
{{- end }}
