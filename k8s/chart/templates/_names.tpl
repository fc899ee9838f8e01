{{/*
What every resource's name begins with: the release's name, with the chart's unless that is in it. A name that is too long for the longest
resource (…-notification-kafkaside, …-migrations-0123abcd), or that a Service could not have, is cut or mended and gets a hash, so that
no two releases meet.
*/}}
{{- define "outerpark.fullname" -}}
{{- $wanted := .Values.fullnameOverride }}
{{- if not $wanted }}
{{- $wanted = ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) (contains .Chart.Name .Release.Name) }}
{{- end }}
{{- $valid := $wanted | replace "." "-" }}
{{- if not (regexMatch "^[a-z]" $valid) }}{{ $valid = printf "r%s" $valid }}{{ end }}
{{- if or (ne $valid $wanted) (gt (len $valid) 40) }}
{{- $valid = printf "%s-%s" (trunc 31 $valid | trimSuffix "-") (sha256sum $wanted | trunc 8) }}
{{- end }}
{{- $valid }}
{{- end }}

{{/* (list $ "gateway"): the name of that component's resources. */}}
{{- define "outerpark.name" -}}
{{- printf "%s-%s" (include "outerpark.fullname" (index . 0)) (index . 1) }}
{{- end }}

{{/* (list $ "gateway"): what finds the pods of a component, and never changes. */}}
{{- define "outerpark.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: outerpark
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* (list $ "gateway"): the labels of a component's pods. */}}
{{- define "outerpark.podLabels" -}}
{{- $root := index . 0 -}}
{{ include "outerpark.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: outerpark
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
{{- end }}

{{/* (list $ "postgres"): the labels of pods that are no part of our version: another version of the chart must not replace them. */}}
{{- define "outerpark.foreignPodLabels" -}}
{{- $root := index . 0 -}}
{{ include "outerpark.selector" . }}
app.kubernetes.io/part-of: outerpark
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
{{- end }}

{{/* (list $ "gateway"): the labels of all other resources. */}}
{{- define "outerpark.labels" -}}
{{- $root := index . 0 -}}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{ include "outerpark.podLabels" . }}
{{- end }}

{{/* (list $ "services"): one of our images. */}}
{{- define "outerpark.image" -}}
{{- $root := index . 0 }}
{{- printf "%s:%s" (get $root.Values.image (index . 1)) ($root.Values.image.tag | default $root.Chart.AppVersion) }}
{{- end }}

{{/* A number or a flag of the values as the text of an environment variable: 1000000 and not 1e+06. */}}
{{- define "outerpark.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ printf "%.0f" . }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{/* The services, and which of them keep a truth in PostgreSQL. */}}
{{- define "outerpark.stored" -}}musical reservation payment notification{{- end }}
{{- define "outerpark.services" -}}gateway {{ include "outerpark.stored" . }} mypage{{- end }}

{{/* The port on which a service or a bundled program takes HTTP. */}}
{{- define "outerpark.port" -}}
{{- $ports := dict "gateway" 8080 "musical" 8081 "reservation" 8082 "payment" 8083 "notification" 8084 "mypage" 8085 "simulator" 8090 "issuer" 8091 "mail" 8092 }}
{{- get $ports . }}
{{- end }}
