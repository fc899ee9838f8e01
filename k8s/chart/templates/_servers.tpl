{{/*
Where the servers are that may be bundled. Exactly one of the two has to be said: the bundled one, or where ours is.
(dict "bundled" true "own" "kafka.brokers" "given" "…" "bundle" "trials.kafka"): fails otherwise.
*/}}
{{- define "outerpark.either" -}}
{{- if and .bundled .given }}
{{- fail (printf "\n\n%s is given, and %s.enabled is true: to use your own, set %s.enabled=false; to use the bundled one, leave %s empty.\n" .own .bundle .bundle .own) }}
{{- end }}
{{- if not (or .bundled .given) }}
{{- fail (printf "\n\n%s.enabled is false, so %s is needed.\n" .bundle .own) }}
{{- end }}
{{- end }}

{{- define "outerpark.brokers" -}}
{{- include "outerpark.either" (dict "bundled" .Values.trials.kafka.enabled "bundle" "trials.kafka" "own" "kafka.brokers" "given" .Values.kafka.brokers) }}
{{- .Values.kafka.brokers | default (printf "%s:9092" (include "outerpark.name" (list . "kafka"))) }}
{{- end }}

{{- define "outerpark.oidcIssuer" -}}
{{- include "outerpark.either" (dict "bundled" .Values.trials.issuer.enabled "bundle" "trials.issuer" "own" "oidc.issuer" "given" .Values.oidc.issuer) }}
{{- .Values.oidc.issuer | default .Values.trials.issuer.publicUrl }}
{{- end }}

{{- define "outerpark.discoveryUrl" -}}
{{- if .Values.oidc.discoveryUrl }}{{ .Values.oidc.discoveryUrl }}
{{- else if .Values.trials.issuer.enabled }}{{ printf "http://%s:8091/.well-known/openid-configuration" (include "outerpark.name" (list . "issuer")) }}
{{- end }}
{{- end }}

{{- define "outerpark.providerUrl" -}}
{{- include "outerpark.either" (dict "bundled" .Values.trials.simulator.enabled "bundle" "trials.simulator" "own" "provider.url" "given" .Values.provider.url) }}
{{- .Values.provider.url | default (printf "http://%s:8090" (include "outerpark.name" (list . "simulator"))) }}
{{- end }}

{{- define "outerpark.chatUrl" -}}
{{- if .Values.chat.url }}{{ .Values.chat.url }}
{{- else if .Values.trials.mail.enabled }}{{ printf "http://%s:8092/chat" (include "outerpark.name" (list . "mail")) }}
{{- end }}
{{- end }}

{{/* (list "https://issuer.example/realm" …): the ports of these URLs, as a list of numbers. */}}
{{- define "outerpark.portsOf" -}}
{{- $usual := dict "http" 80 "https" 443 "smtp" 25 "smtps" 465 "postgres" 5432 "postgresql" 5432 }}
{{- $ports := list }}
{{- range . }}
{{- $port := regexFind ":[0-9]+$" (urlParse .).host | trimPrefix ":" }}
{{- $ports = append $ports ($port | default (get $usual (urlParse .).scheme) | int) }}
{{- end }}
{{- uniq $ports | toJson }}
{{- end }}
